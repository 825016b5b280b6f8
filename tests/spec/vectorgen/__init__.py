"""What the vectors are made of. Uses cbrrr, dag-cbor, multiformats, hashlib; not lineseal."""
