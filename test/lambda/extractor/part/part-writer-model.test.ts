import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PartWriter } from '../../../../lambda/extractor/part';

/** What a part writer promises, with lists of lines. */
class Model {
  settled: string[] = [];
  held: string[] = [];
  released = false;

  append(line: string): void {
    (this.released ? this.settled : this.held).push(line);
  }

  settle(): void {
    this.settled.push(...this.held.splice(0));
  }

  take(): string[] {
    return this.settled.splice(0);
  }
}

type Step = { readonly do: 'append'; readonly bytes: number } | { readonly do: 'endPage' | 'rollback' | 'release' | 'finish' | 'drain' | 'reset' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('append' as const), bytes: fc.integer({ min: 0, max: 200 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('endPage' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('rollback' as const, 'finish' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'drain' as const, 'reset' as const) }) },
);

async function perform(step_: Step, index: number, writer: PartWriter, model: Model): Promise<void> {
  switch (step_.do) {
    case 'append': {
      const line = `{"${index}":"${'x'.repeat(step_.bytes)}"}`;
      const bytes = Buffer.from(line);
      writer.append(bytes, 0, bytes.length);
      return model.append(line);
    }
    case 'endPage':
      writer.endPage();
      model.settle();
      model.released = false;
      return;
    case 'release':
      writer.release();
      model.settle();
      model.released = true;
      return;
    case 'rollback':
      if (!model.released) {
        writer.rollbackPage();
        model.held = [];
      }
      return;
    case 'drain':
      return writer.drain();
    case 'reset':
      await writer.reset();
      Object.assign(model, new Model());
      return;
    case 'finish':
      return comparePart(writer, model);
  }
}

async function comparePart(writer: PartWriter, model: Model): Promise<void> {
  const lines = model.take();
  const part = await writer.finish();
  expect(part?.records ?? 0).toBe(lines.length);
  expect(part ? gunzipSync(part.body).toString() : '').toBe(lines.map((line) => `${line}\n`).join(''));
}

test('any order of appending, ending, taking back, releasing and finishing gives the lines of a simple model', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 60 }),
    fc.constantFrom(1, 7, 64, 500, 100_000),
    fc.integer({ min: 1, max: 4 }),
    async (steps, blockBytes, concurrency) => {
      const writer = new PartWriter({ blockBytes, concurrency });
      const model = new Model();
      for (const [index, next] of steps.entries()) {
        await perform(next, index, writer, model);
        expect(writer.heldBytes).toBe(model.held.reduce((sum, line) => sum + line.length + 1, 0));
      }
      await comparePart(writer, model);
    },
  );
  await fc.assert(property, { numRuns: 300, seed: 20240612 });
});
