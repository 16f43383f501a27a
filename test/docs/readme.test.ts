import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string): string[] => [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]);

/** Compiles a text as if it stood in a file of a consumer's app. */
function problemsOf(snippet: string): string[] {
  const file = join(ROOT, 'examples/randomuser/readme-snippet.ts');
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
  host.readFile = (name) => (name === file ? snippet : readFile(name));
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) => (name === file ? ts.createSourceFile(name, snippet, options.target!) : getSourceFile(name, ...rest));
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'));
}

test('the check of snippets finds a mistake', () => {
  expect(problemsOf("import { Source } from 'cdk-data-lake-pipeline';\nSource.http('users', { uri: 1 });").join()).toMatch(/uri/);
});

test.each(blocks('ts').map((snippet, i) => [i + 1, snippet] as const))('TypeScript snippet %i compiles against the built library', (_number, snippet) => {
  expect(problemsOf(snippet)).toEqual([]);
});

test('every command and option that the README shows exists', () => {
  const help = (verb: string) => execFileSync(process.execPath, [join(ROOT, 'bin/datalake.js'), verb, '--help'], { encoding: 'utf8' });
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
