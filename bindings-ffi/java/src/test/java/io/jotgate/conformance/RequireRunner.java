package io.jotgate.conformance;

import com.google.gson.JsonObject;
import io.jotgate.JotgateException;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.PolicyException;
import io.jotgate.VerifiedJwt;
import java.util.Map;

/** What an endpoint asks for in code, once the token was accepted. */
final class RequireRunner {
    private RequireRunner() {}

    /** What came of a case that asks for something, of which {@code validated} is the verdict; {@code more} is what else it tells. */
    static CaseRunner.Outcome run(JsonObject testCase, CaseRunner.Outcome validated, Map<String, Object> more) {
        JwtRequirement requirement;
        try {
            requirement = JwtRequirement.fromJson(testCase.get("require").toString());
        } catch (PolicyException mistake) {
            return CaseRunner.refused(mistake);
        }
        try (JwtValidator validator = CaseRunner.validator(testCase)) {
            try {
                VerifiedJwt jwt = validator.validate(testCase.get("token").getAsString());
                validator.require(jwt, requirement);
                more.put("scopes", jwt.scopes());
                return jwt.scopes().stream().allMatch(jwt::hasScope) ? validated
                        : new CaseRunner.Outcome("accepted without its scopes", null, null, null, validated.claims());
            } catch (JotgateException problem) {
                more.put("challenge", validator.answerTo(problem, requirement).headers().get("WWW-Authenticate"));
                return CaseRunner.refused(problem);
            }
        }
    }
}
