import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string): string[] => [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]);

const SNIPPETS = blocks('ts');
const BROKEN = "import { Source } from 'cdk-data-lake-pipeline';\nSource.http('users', { uri: 1 });";

/** What the compiler says of each text, as if it stood in a file of a consumer's app. One program for all: the types are read once. */
function problemsOf(snippets: readonly string[]): string[][] {
  const texts = new Map(snippets.map((text, i) => [join(ROOT, `examples/randomuser/readme-snippet-${i}.ts`), text]));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    (texts.has(name) ? ts.createSourceFile(name, texts.get(name)!, options.target!) : getSourceFile(name, ...rest));
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((name) => {
    const file = program.getSourceFile(name)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'));
  });
}

describe('the TypeScript snippets', () => {
  let problems: string[][];
  beforeAll(() => {
    problems = problemsOf([BROKEN, ...SNIPPETS]);
  }, 120_000);

  test('are compiled: a mistake is found', () => {
    expect(problems[0].join()).toMatch(/uri/);
  });

  test.each(SNIPPETS.map((_snippet, i) => i + 1))('number %i compiles against the built library', (number) => {
    expect(problems[number]).toEqual([]);
  });
});

test('every command and option that the README shows exists', () => {
  const help = (verb: string) => execFileSync(process.execPath, [join(ROOT, 'bin/datalake.mjs'), verb, '--help'], { encoding: 'utf8' });
  const commands = blocks('bash').join('\n').split('\n').map((line) => /^npx datalake (.*?)(?:\s+#.*)?$/.exec(line)?.[1]).filter((text) => text !== undefined);
  expect(commands.length).toBeGreaterThan(6);
  for (const command of commands) {
    const [verb, ...words] = command.replace(/"[^"]*"/g, 'SQL').trim().split(/\s+/);
    const text = help(verb);
    expect(text).toContain(`Usage: datalake ${verb}`);
    words.filter((word) => word.startsWith('--')).forEach((option) => expect(text).toContain(option));
  }
});

test('every npm script that the README shows exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const shown = [...README.matchAll(/npm (?:run )?(demo|test)\b/g)].map((match) => match[1]);
  expect(shown).toEqual(expect.arrayContaining(['demo', 'test']));
  shown.forEach((name) => expect(scripts).toHaveProperty(name));
});
