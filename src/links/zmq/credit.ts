/**
 * How much output may be on its way at once. A piece is sent only when it was granted room, first come first served; so
 * a thousand launchers that all have megabytes to tell cost the manager no more memory than a few do. Pure.
 */
export class Credit {
  private free: number;
  private readonly waiting: { readonly bytes: number; readonly grant: () => void }[] = [];

  /** @param bytes what may be on its way; a single piece that is larger goes alone */
  constructor(private readonly bytes: number) {
    this.free = bytes;
  }

  /** Calls back, perhaps at once, when there is room. Whoever was granted gives back. */
  ask(bytes: number, grant: () => void): void {
    this.waiting.push({ bytes, grant });
    this.serve();
  }

  giveBack(bytes: number): void {
    this.free += bytes;
    this.serve();
  }

  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (next.bytes > this.free && this.free < this.bytes) return;
      this.waiting.shift();
      this.free -= next.bytes;
      next.grant();
    }
  }
}
