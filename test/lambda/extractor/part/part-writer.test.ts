import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { Part, PartWriter } from '../../../../lambda/extractor/part';
import { recordedPage, scan } from '../../../support/scan';

/** Small blocks put many borders into little data. */
const BLOCK = 64;

function append(writer: PartWriter, ...records: (string | Buffer)[]): void {
  for (const record of records) {
    const padded = Buffer.from(`..${record.toString()}..`);
    writer.append(padded, 2, padded.length - 2);
    padded.fill(0x23); // the caller uses its buffer again
  }
}

const record = (bytes: number) => `{"a":"${'x'.repeat(bytes - 9)}"}`; // with its line feed so many bytes long
const text = (part: Part | undefined) => gunzipSync(part!.body).toString();

test('a part gives back every record as a line, in order', async () => {
  const writer = new PartWriter({ blockBytes: BLOCK });
  const records = Array.from({ length: 200 }, (_, index) => `{"id":${index},"big":9007199254740993123,"price":1.10,"u":"\\u00e9é😀"}`);
  append(writer, ...records);
  writer.endPage();
  const part = (await writer.finish())!;
  expect(text(part)).toBe(records.map((line) => `${line}\n`).join(''));
  expect(part).toMatchObject({ records: 200, rawBytes: Buffer.byteLength(text(part)) });
  expect(part.sha256).toBe(createHash('sha256').update(part.body).digest('hex'));
});

test('a part is one gzip member that other tools read', async () => {
  const writer = new PartWriter();
  for (const page of [1, 2, 3, 4] as const) {
    append(writer, ...scan(recordedPage(page), { records: '$.results' }).records);
    writer.endPage();
  }
  const { body, rawBytes, records } = (await writer.finish())!;
  expect(records).toBe(2000);
  expect(spawnSync('gzip', ['-t'], { input: body })).toMatchObject({ status: 0, stderr: Buffer.alloc(0) });
  // The first deflate stream ends right before the trailer: there is no second member.
  expect(inflateRawSync(body.subarray(10, -8))).toHaveLength(rawBytes);
  expect(body.subarray(0, 10)).toEqual(Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff));
});

test('the same lines give the same bytes', async () => {
  const bodies = await Promise.all([1, 3].map(async (concurrency) => {
    const writer = new PartWriter({ blockBytes: 1000, concurrency });
    append(writer, ...scan(recordedPage(1), { records: '$.results' }).records);
    writer.endPage();
    return (await writer.finish())!.sha256;
  }));
  expect(bodies[0]).toBe(bodies[1]);
});

test.each([
  ['a line feed', '{\n"a":1}', '{ "a":1}'],
  ['a carriage return', '{\r"a":1}', '{ "a":1}'],
  ['both, at every place', '{\r\n"a"\r\n:\r\n1\r\n}', '{  "a"  :  1  }'],
  ['many', `{${'\n'.repeat(3 * BLOCK)}}`, `{${' '.repeat(3 * BLOCK)}}`],
])('%s between tokens becomes a space', async (_name, given, expected) => {
  for (let offset = 0; offset < BLOCK; offset++) {
    const writer = new PartWriter({ blockBytes: BLOCK });
    append(writer, record(offset + 9), given, '{"last":1}');
    writer.endPage();
    expect(text(await writer.finish()).split('\n').slice(1)).toEqual([expected, '{"last":1}', '']);
  }
});

test.each(['7', '"text"', '[1,\n2]', 'null', 'true'])('a record that is no object (%j) is wrapped', async (value) => {
  const writer = new PartWriter();
  append(writer, value);
  writer.endPage();
  const line = text(await writer.finish());
  expect(line).toBe(`{"value": ${value.replace('\n', ' ')}}\n`);
});

describe('a page taken back', () => {
  test('leaves no trace, wherever the borders of blocks stand', async () => {
    for (let kept = 0; kept <= 2 * BLOCK + 1; kept++) {
      for (const dropped of [9, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]) {
        const writer = new PartWriter({ blockBytes: BLOCK });
        const first = kept < 9 ? [] : [record(kept)];
        append(writer, ...first);
        writer.endPage();
        append(writer, record(dropped));
        expect(writer.heldBytes).toBe(dropped);
        writer.rollbackPage();
        expect(writer.heldBytes).toBe(0);
        append(writer, '{"b":2}');
        writer.endPage();
        const part = (await writer.finish())!;
        expect(text(part)).toBe([...first, '{"b":2}', ''].join('\n'));
        expect(part.records).toBe(first.length + 1);
      }
    }
  });

  test('is not in a part that is finished meanwhile, but in the next when it ends after all', async () => {
    for (let held = 9; held < 3 * BLOCK; held++) {
      const writer = new PartWriter({ blockBytes: BLOCK });
      append(writer, record(100));
      writer.endPage();
      append(writer, record(held));
      expect(text(await writer.finish())).toBe(`${record(100)}\n`);
      expect(writer.heldBytes).toBe(held);
      append(writer, '{"c":3}');
      writer.endPage();
      const next = (await writer.finish())!;
      expect(text(next)).toBe(`${record(held)}\n{"c":3}\n`);
      expect(next.records).toBe(2);
    }
  });

  test('is refused once it was released', () => {
    const writer = new PartWriter();
    append(writer, '{}');
    writer.release();
    expect(() => writer.rollbackPage()).toThrow('released');
    writer.endPage();
    append(writer, '{}');
    expect(() => writer.rollbackPage()).not.toThrow();
  });
});

test('a released page goes into the part as it comes, over several parts', async () => {
  const writer = new PartWriter({ blockBytes: BLOCK });
  append(writer, '{"a":1}');
  writer.release();
  append(writer, '{"a":2}');
  expect(writer.heldBytes).toBe(0);
  expect(text(await writer.finish())).toBe('{"a":1}\n{"a":2}\n');
  append(writer, '{"a":3}');
  expect(text(await writer.finish())).toBe('{"a":3}\n');
  writer.endPage();
  expect(await writer.finish()).toBeUndefined();
});

describe('without lines', () => {
  test('there is no part', async () => {
    const writer = new PartWriter();
    expect(await writer.finish()).toBeUndefined();
    writer.endPage();
    expect(await writer.finish()).toBeUndefined();
    append(writer, '{}');
    expect(await writer.finish()).toBeUndefined(); // its page is under way
  });
});

describe('backpressure', () => {
  test('is full when more blocks wait than may be compressed at once, until drained', async () => {
    const writer = new PartWriter({ blockBytes: BLOCK, concurrency: 2 });
    append(writer, record(2 * BLOCK));
    writer.endPage();
    expect(writer.full).toBe(false);
    append(writer, record(BLOCK));
    writer.endPage();
    expect(writer.full).toBe(true);
    await writer.drain();
    expect(writer.full).toBe(false);
    expect(text(await writer.finish())).toBe(`${record(2 * BLOCK)}\n${record(BLOCK)}\n`);
  });

  test('lines can be appended while a part is being finished', async () => {
    const writer = new PartWriter({ blockBytes: BLOCK, concurrency: 1 });
    append(writer, record(5 * BLOCK));
    writer.endPage();
    const first = writer.finish();
    append(writer, record(4 * BLOCK));
    writer.endPage();
    const second = writer.finish();
    expect(text(await first)).toBe(`${record(5 * BLOCK)}\n`);
    expect(text(await second)).toBe(`${record(4 * BLOCK)}\n`);
  });

  test('the size of the part grows as blocks are compressed', async () => {
    const writer = new PartWriter({ blockBytes: BLOCK });
    const before = writer.compressedBytes;
    append(writer, record(10 * BLOCK));
    writer.endPage();
    await writer.drain();
    const part = writer.finish();
    expect((await part)!.body.length).toBeGreaterThan(before);
    expect(writer.compressedBytes).toBe(before);
  });
});

test('reset drops everything that is not finished', async () => {
  const writer = new PartWriter({ blockBytes: BLOCK, concurrency: 1 });
  append(writer, record(10 * BLOCK));
  writer.endPage();
  append(writer, record(3 * BLOCK));
  writer.release();
  await writer.reset();
  expect(writer).toMatchObject({ heldBytes: 0, full: false });
  expect(await writer.finish()).toBeUndefined();
  append(writer, '{"a":1}');
  writer.endPage();
  expect(await writer.finish()).toMatchObject({ records: 1, rawBytes: 8 });
});

describe('a failure of the compression', () => {
  const failing = () => {
    const writer = new PartWriter({ blockBytes: BLOCK, level: 42 });
    append(writer, record(5 * BLOCK));
    writer.endPage();
    return writer;
  };
  const failure = expect.objectContaining({ code: 'COMPRESSION_FAILED', retryable: true });

  test('shows at drain and at finish, until reset', async () => {
    const writer = failing();
    await expect(writer.drain()).rejects.toEqual(failure);
    await expect(writer.finish()).rejects.toEqual(failure);
    await writer.reset();
    await expect(writer.drain()).resolves.toBeUndefined();
  });

  test('shows at finish when the last block is the first to fail', async () => {
    const writer = new PartWriter({ level: 42 });
    append(writer, '{}');
    writer.endPage();
    await expect(writer.finish()).rejects.toEqual(failure);
  });
});
