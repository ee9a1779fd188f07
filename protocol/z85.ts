/** Z85, ZeroMQ's way to write keys: five printable characters for four bytes. Source: ZeroMQ RFC 32. Pure. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** A CURVE key has 32 bytes. */
const KEY_CHARS = 40;

export const isZ85Key = (text: string): boolean =>
  text.length === KEY_CHARS && [...text].every((char) => ALPHABET.includes(char));

/** @param bytes a multiple of four */
export function toZ85(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4) {
    const word = [0, 1, 2, 3].reduce((sum, j) => sum * 256 + (bytes[i + j] ?? 0), 0);
    for (let power = 85 ** 4; power >= 1; power /= 85) text += ALPHABET[Math.floor(word / power) % 85];
  }
  return text;
}

/** @param text of Z85's characters, a multiple of five */
export function fromZ85(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length / 5) * 4);
  for (let i = 0, at = 0; i < text.length; i += 5) {
    const word = [...text.slice(i, i + 5)].reduce((sum, char) => sum * 85 + ALPHABET.indexOf(char), 0);
    for (let power = 256 ** 3; power >= 1; power /= 256) bytes[at++] = Math.floor(word / power) % 256;
  }
  return bytes;
}
