"""What a release consists of, and how it is made: `platforms.json`, the libraries for each platform, the packages, their proofs."""
