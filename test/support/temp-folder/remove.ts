import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Removes what `create` made: Jest calls both in one process. */
export default function remove(): void {
  rmSync(tmpdir(), { recursive: true, force: true, maxRetries: 3 });
}
