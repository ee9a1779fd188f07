/** The clock of this process, and so of the managers in it. */

/** What is done meanwhile takes no time: no limit of seconds passes, however slow the machine. */
export async function whileClockStands(act: () => Promise<void>): Promise<void> {
  const clocks = [Date, performance].map((clock) => jest.spyOn(clock, 'now').mockReturnValue(clock.now()));
  try {
    await act();
  } finally {
    for (const clock of clocks) clock.mockRestore();
  }
}
