package io.jotgate.keysets;

import java.util.List;

/** What {@code run.py} hands over: tokens, and where the issuer is. */
record Material(String base, String issuer, String audience, String good, List<String> burst, List<String> junk) {}
