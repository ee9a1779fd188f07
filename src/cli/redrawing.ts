/** Draws when asked, one drawing at a time, and at most once a second: what is asked meanwhile is one drawing more. */
import { CliError, EXIT } from './exit';

const BETWEEN_MS = 1000;

export class Redrawing {
  /** Rejects when a drawing fails for another reason than a manager that is away: that one comes back. */
  readonly failed: Promise<never>;
  private isAsked = false;
  private isBusy = false;
  private timer: NodeJS.Timeout | null = null;
  private fail: (error: unknown) => void = () => undefined;

  constructor(private readonly draw: () => Promise<void>) {
    this.failed = new Promise((_resolve, reject) => (this.fail = reject));
  }

  ask(): void {
    this.isAsked = true;
    if (!this.isBusy) this.go();
  }

  end(): void {
    this.isBusy = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private go(): void {
    this.isAsked = false;
    this.isBusy = true;
    this.draw().then(
      () => this.rest(),
      (error: unknown) => (isAway(error) ? this.rest() : this.fail(error)),
    );
  }

  private rest(): void {
    this.timer = setTimeout(() => {
      this.isBusy = false;
      if (this.isAsked) this.go();
    }, BETWEEN_MS);
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof CliError && (error.exit === EXIT.unreachable || error.code === 'shutting_down');
