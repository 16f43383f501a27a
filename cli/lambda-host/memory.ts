import { readFileSync } from 'fs';
import { readFile } from 'fs/promises';

const POLL_MS = 50;

/** Peak and limit of a process's resident memory. Only Linux shows another process's; elsewhere the child tells its peak itself. */
export class MemoryWatch {
  peakKib = 0;
  exceeded = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number, private readonly limitMb: number, private readonly onExceeded: () => void) {
    this.timer = setInterval(() => void this.look(), POLL_MS);
    this.timer.unref();
  }

  note(peakKib: number): void {
    if (peakKib > this.peakKib) this.peakKib = peakKib;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    this.note(field(status, 'VmHWM'));
    if (this.exceeded || field(status, 'VmRSS') <= this.limitMb * 1024) return;
    this.exceeded = true;
    this.onExceeded();
  }
}

/** Peak resident memory of this process. Linux hands `maxRSS` on through fork and exec, so there it may be the parent's: /proc tells our own. */
export function ownPeakKib(): number {
  try {
    return field(readFileSync('/proc/self/status', 'utf8'), 'VmHWM');
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

const field = (status: string, name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
