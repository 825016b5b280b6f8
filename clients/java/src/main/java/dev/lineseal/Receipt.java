package dev.lineseal;

/**
 * Proof of recording one event; worth keeping.
 *
 * @param hash the event's name, the SHA-256 of its block in hex; worked out here, and the same that
 *     the server said
 * @param index its place in the ledger
 * @param created whether this call added it; otherwise it was there before
 */
public record Receipt(String hash, long index, boolean created) {}
