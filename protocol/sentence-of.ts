/** What was thrown, as people are told of it: the sentence of an error, or whatever else it was. */
export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
