/** The polynomial of Redis's CRC-64, its bits in reverse (crc64.c; "Jones"). */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;
const LOW = 0xffffffffn;

/** For each byte what it does to the sum, in two halves: numbers of 64 bits are slow. */
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let sum = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ POLYNOMIAL : sum >> 1n;
  return { low: Number(sum & LOW), high: Number(sum >> 32n) };
});
const LOWS = Uint32Array.from(TABLE, ({ low }) => low);
const HIGHS = Uint32Array.from(TABLE, ({ high }) => high);

/** The checksum at the end of an RDB file (rdb.c, rdbSaveRio), piece by piece. */
export class Crc64 {
  #low = 0;
  #high = 0;

  update(bytes: Uint8Array): void {
    let [low, high] = [this.#low, this.#high];
    for (const byte of bytes) {
      const at = (low ^ byte) & 0xff;
      low = (((low >>> 8) | (high << 24)) ^ (LOWS[at] ?? 0)) >>> 0;
      high = ((high >>> 8) ^ (HIGHS[at] ?? 0)) >>> 0;
    }
    this.#low = low;
    this.#high = high;
  }

  /** As it stands in the file: eight bytes, the lowest first. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(this.#low, 0);
    bytes.writeUInt32LE(this.#high, 4);
    return bytes;
  }
}
