package io.jotgate.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.jotgate.Forward;
import io.jotgate.JwtRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A call as the HTTP request that it is, and the metadata that go on. */
final class CallRequest {
    private static final String HOST = "host";
    /** What gRPC gives values of; no handler can ask for others. */
    private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");

    private CallRequest() {}

    static JwtRequest of(ServerCall<?, ?> call, Metadata metadata) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String name : metadata.keys()) {
            // Those of the suffix have bytes for values, and no texts.
            if (NAME.matcher(name).matches() && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                List<String> values = new ArrayList<>();
                metadata.getAll(text(name)).forEach(values::add);
                fields.put(name, values);
            }
        }
        String authority = call.getAuthority();
        if (authority != null) {
            fields.putIfAbsent(HOST, List.of(authority)); // which is no field in HTTP/2
        }
        return new JwtRequest("POST", "/" + call.getMethodDescriptor().getFullMethodName(), "", fields);
    }

    /** The metadata that the handler sees: the same where nothing changes. */
    static Metadata forwarded(Metadata metadata, Forward forward) {
        if (forward.isEmpty()) {
            return metadata;
        }
        Metadata changed = new Metadata();
        changed.merge(metadata);
        forward.remove().forEach(name -> changed.discardAll(text(name)));
        forward.set().forEach((name, value) -> {
            changed.discardAll(text(name));
            changed.put(text(name), value);
        });
        return changed;
    }

    static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
