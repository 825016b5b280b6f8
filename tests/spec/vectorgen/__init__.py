"""What the test vectors are made of. Uses cbrrr, dag-cbor, multiformats, hashlib; never lineseal."""
