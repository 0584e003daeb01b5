"""The demo: one local issuer, one protected service per language, the same requests through all of them."""
