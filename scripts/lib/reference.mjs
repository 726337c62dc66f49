import { basename, join } from 'node:path';
import ts from 'typescript';

/**
 * The reference of the words of declarations, made from their types and TSDoc: docs/declare-reference.md. It is checked, and
 * renewed by `npx vitest run test/declare/reference.test.ts -u`.
 */

const HEAD = `# Words of a declaration

What [\`pg-drydock/declare\`](declare.md) exports, as its types say it. This page is made from them; [declare.md](declare.md) tells
what the words are for.
`;

/** Headings by file, in the order of the page; a file that is not here comes last, under its name. */
const PARTS = {
  'consolidation.ts': 'A consolidation',
  'source.ts': 'Sources',
  'column.ts': 'Columns of a source',
  'keys.ts': 'Steps and keys',
  'normalizers.ts': 'Normalizers',
  'crosswalk.ts': 'Crosswalks',
  'golden.ts': 'Shared columns',
  'givers.ts': 'What gives a shared column its value',
  'words.ts': 'Vocabularies',
  'when.ts': 'Conversions that another column chooses',
  'splits.ts': 'One word for several columns',
  'unless-is.ts': 'Defaults that are not stored',
  'fallback.ts': 'What a column falls back to',
  'folds.ts': 'Rows that are kept whole',
  'things.ts': 'Things of another consolidation',
  'referrer.ts': 'Referrers',
};

const FLAGS =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.OmitParameterModifiers |
  ts.TypeFormatFlags.WriteArrowStyleSignature;

/** @param {string} root of the repository */
export function reference(root) {
  const entry = join(root, 'src/declare.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([entry], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  if (module === undefined) throw new Error(`${entry} is no module`);
  const parts = new Map(Object.keys(PARTS).map((file) => [file, []]));
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) continue;
    const file = basename(declaration.getSourceFile().fileName);
    const list = parts.get(file) ?? [];
    list.push({ name: exported.name, symbol, declaration });
    parts.set(file, list);
  }
  const sections = [...parts].flatMap(([file, words]) =>
    words.length === 0
      ? []
      : [`\n## ${PARTS[file] ?? titleOf(file)}\n`, ...words.map((word) => entryOf(checker, word))],
  );
  return `${[HEAD, ...sections].join('\n')}\n`;
}

function titleOf(file) {
  const name = file.replace(/\.ts$/, '').replaceAll('-', ' ');
  return name[0].toUpperCase() + name.slice(1);
}

function entryOf(checker, { name, symbol, declaration }) {
  const about = documentation(checker, symbol);
  const isType = ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration);
  // Nobody makes an object of a class: it is the type of what a word returns.
  const isClass = ts.isClassDeclaration(declaration);
  const lines = [`### \`${isType || isClass ? name : `d.${name}`}\`\n`];
  if (!isType && !isClass) {
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const signatures = type.getCallSignatures().map((one) => `d.${name}${signatureText(checker, one)}`);
    const shown =
      signatures.length > 0 ? signatures : [`d.${name}: ${checker.typeToString(type, undefined, FLAGS)}`];
    lines.push(['```ts', ...shown, '```\n'].join('\n'));
  } else if (ts.isTypeAliasDeclaration(declaration)) {
    lines.push(
      [
        '```ts',
        `type ${name}${parametersOf(declaration)} = ${withoutComments(declaration.type)}`,
        '```\n',
      ].join('\n'),
    );
  }
  if (about !== '') lines.push(`${about}\n`);
  if (ts.isInterfaceDeclaration(declaration) || isClass) lines.push(...membersOf(checker, declaration));
  return lines.join('\n');
}

function signatureText(checker, signature) {
  return checker.signatureToString(signature, undefined, FLAGS, ts.SignatureKind.Call).replace(' => ', ': ');
}

function parametersOf({ typeParameters }) {
  return typeParameters === undefined ? '' : `<${typeParameters.map((one) => one.getText()).join(', ')}>`;
}

function withoutComments(node) {
  return node
    .getText()
    .replace(/\/\*\*[\s\S]*?\*\/\s*/g, '')
    .replace(/^\|\s*/, '');
}

/** What a person may write or call; what is there for the compiler alone is left out. */
function membersOf(checker, declaration) {
  const rows = declaration.members.flatMap((member) => {
    const name = member.name;
    if (name === undefined || !ts.isIdentifier(name)) return [];
    if (ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal')) return [];
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return [];
    const type =
      ts.isMethodDeclaration(member) || ts.isMethodSignature(member)
        ? signatureText(checker, checker.getSignatureFromDeclaration(member))
        : withoutComments(member.type ?? member);
    const optional = member.questionToken === undefined ? '' : ' (optional)';
    return [`| \`${name.text}\`${optional} | \`${cell(type)}\` | ${cell(documentation(checker, symbol))} |`];
  });
  return rows.length === 0 ? [] : [['| member | type | |', '|---|---|---|', ...rows, ''].join('\n')];
}

const cell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

/** The TSDoc of a symbol as Markdown. */
function documentation(checker, symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).flatMap(({ name, text: parts }) => {
    const said = ts.displayPartsToString(parts);
    if (name === 'param') return [`- ${said.replace(/^(\S+)\s+(?:-\s+)?/, '`$1`: ')}`];
    if (name === 'throws') return [`- throws ${said}`];
    return [];
  });
  return [text, tags.map((tag) => tag.replaceAll('\n', ' ')).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n')
    .replace(/\{@link ([^}]+?)\s*\}/g, '`$1`')
    .trim();
}
