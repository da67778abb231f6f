/** Says how far a deployment is: a list that is written over on a screen, and plain lines in a log. */
import type { Terminal } from '../terminal';

export interface Step {
  readonly name: string;
  /** What is done with it now, such as "5 of 9 ready". */
  text: string;
  /** What it waits for, a line each. */
  details: readonly string[];
  state: 'pending' | 'running' | 'done' | 'failed';
  started?: number;
  ended?: number;
}

/** Seconds after which a log gets a line where nothing else was written. */
const HEARTBEAT = 10;
/** What a log shows of what a step waits for, and a screen. */
const SHOWN = 4;

export abstract class Progress {
  protected readonly steps: Step[];
  private readonly timer: NodeJS.Timeout;

  protected constructor(
    protected readonly terminal: Terminal,
    names: readonly string[],
    interval: number,
  ) {
    this.steps = names.map((name) => ({ name, text: '', details: [], state: 'pending' }));
    this.timer = setInterval(() => this.tick(), interval);
    this.timer.unref();
  }

  /** Such as the terminal has it. */
  static of(terminal: Terminal, names: readonly string[]): Progress {
    return terminal.screen ? new LiveProgress(terminal, names) : new PlainProgress(terminal, names);
  }

  /** Says what is done with a step. */
  say(name: string, text: string, details: readonly string[] = []): void {
    this.change(name, { text, details, state: 'running' });
  }

  end(name: string, state: 'done' | 'failed', text: string): void {
    this.change(name, { text, details: [], state });
  }

  /** After the last word. */
  stop(): void {
    clearInterval(this.timer);
  }

  private change(name: string, { text, details, state }: Pick<Step, 'text' | 'details' | 'state'>): void {
    const step = this.steps.find((each) => each.name === name);
    if (!step) throw new Error(`there is no step ${name}`);
    step.started ??= Date.now();
    if (state !== 'running') step.ended = Date.now();
    Object.assign(step, { text, details, state });
    this.changed(step);
  }

  protected abstract changed(step: Step): void;
  protected abstract tick(): void;
}

const secondsOf = ({ started = 0, ended = Date.now() }: Step) => Math.round((ended - started) / 1000);

/** The first of many lines, and how many more there are. */
const capped = (lines: readonly string[]) =>
  lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN - 1), `and ${lines.length - SHOWN + 1} more`];

class PlainProgress extends Progress {
  private last = '';
  private written = Date.now();

  constructor(terminal: Terminal, names: readonly string[]) {
    super(terminal, names, 1000);
  }

  protected changed(step: Step): void {
    const line = [step.text, ...capped(step.details)].join('; ');
    // A number that counts up is no news of its own.
    const news = `${step.name} ${step.state} ${line.replace(/\d+/g, '')}`;
    if (news !== this.last) this.write(step);
    this.last = news;
  }

  protected tick(): void {
    const running = this.steps.find(({ state }) => state === 'running');
    if (running && Date.now() - this.written >= HEARTBEAT * 1000) this.write(running);
  }

  private write(step: Step): void {
    const line = [step.text, ...capped(step.details)].join('; ');
    const after = secondsOf(step);
    this.terminal.err(`${step.name}: ${line}${after > 0 ? ` (${after} s)` : ''}\n`);
    this.written = Date.now();
  }
}

const SIGNS: Readonly<Record<Step['state'], string>> = { pending: ' ', running: '>', done: '✔', failed: '✖' };

class LiveProgress extends Progress {
  /** Lines that are on the screen. */
  private lines = 0;

  constructor(terminal: Terminal, names: readonly string[]) {
    super(terminal, names, 500);
  }

  protected changed(): void {
    this.draw();
  }

  protected tick(): void {
    this.draw();
  }

  override stop(): void {
    super.stop();
    this.draw();
  }

  private draw(): void {
    const { columns = 80, rows = 24 } = this.terminal.screen ?? {};
    const lines = this.steps.flatMap((step) => {
      const time = step.started === undefined ? '' : `  (${secondsOf(step)} s)`;
      const head = `${SIGNS[step.state]} ${step.name.padEnd(14)} ${step.text}${time}`;
      return [head.trimEnd(), ...capped(step.details).map((line) => `    ${line}`)];
    });
    // A line that wraps, or one that has scrolled away, could not be written over.
    const shown = lines.slice(-(rows - 1)).map((line) => line.replaceAll('\n', ' ').slice(0, columns - 1));
    const up = this.lines > 0 ? `\x1b[${this.lines}A` : '';
    this.terminal.err(`${up}\r\x1b[J${shown.map((line) => `${line}\n`).join('')}`);
    this.lines = shown.length;
  }
}
