package dev.lineseal;

/**
 * Proof of recording one event; worth keeping.
 *
 * @param hash the event's name, the SHA-256 of its block in hex
 * @param index its place in the ledger
 * @param created whether this call added it; otherwise it was there before
 * @param checked whether the block was sent back, hashed here, and held what was given. Only where
 *     the blocks of a batch have over 4 MiB is the server believed
 */
public record Receipt(String hash, long index, boolean created, boolean checked) {}
