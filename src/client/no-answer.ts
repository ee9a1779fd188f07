/** The manager said nothing that could be understood, for as long as it was asked. What was asked may have been done. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    /** Asking again is of no use. */
    readonly isFinal: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NoAnswer';
  }
}
