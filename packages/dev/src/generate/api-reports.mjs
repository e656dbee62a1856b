// What each plugin package exports, as its declarations say it: a change of the public API is a change of report.api.md, and is seen.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';

const packages = ['dr', 'dr-backend', 'dr-common', 'dr-node', 'catalog-backend-module-dr'].map((name) => `plugins/${name}`);

/** One program for all packages, made when the first report is. */
let made;
async function program() {
  made ??= (async () => {
    const { default: ts } = await import('typescript');
    const file = path.join(root, 'tsconfig.json');
    const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, root);
    const entries = packages.flatMap((folder) => entriesOf(folder).map(({ source }) => source));
    const ambient = ts.sys.readDirectory(path.join(root, 'plugins'), ['.d.ts'], ['**/node_modules']);
    return {
      ts,
      program: ts.createProgram([...entries, ...ambient], { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true }),
    };
  })();
  return made;
}

function entriesOf(folder) {
  const { name, main, exports } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const listed = Object.entries(exports ?? { '.': main }).filter(([, source]) => /\.tsx?$/.test(source));
  return listed.map(([at, source]) => ({ name: path.posix.join(name, at), source: path.join(root, folder, source) }));
}

export const apiReports = packages.map((folder) => ({
  file: path.join(root, folder, 'report.api.md'),
  missing: () => (existsSync(path.join(root, 'node_modules/typescript')) ? undefined : 'TypeScript is not installed'),
  async make() {
    const { ts, program: all } = await program();
    const checker = all.getTypeChecker();
    const declarations = declarationsOf(ts, all, path.join(root, folder));
    const sections = entriesOf(folder).map(({ name, source }) => {
      const module = checker.getSymbolAtLocation(all.getSourceFile(source));
      const exported = checker
        .getExportsOfModule(module)
        .map((symbol) => {
          const of = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
          const texts = (of.declarations ?? []).flatMap((declaration) => declarations(declaration.getSourceFile(), of.name, symbol.name));
          if (texts.length === 0) throw new Error(`${name} exports ${symbol.name}, and no declaration of it is found`);
          return { name: symbol.name, text: [...new Set(texts)].join('\n') };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return `## ${name}\n\n\`\`\`ts\n${exported.map(({ text }) => text).join('\n\n')}\n\`\`\`\n`;
    });
    return `# Public API\n\nGenerated from the exports of the package by \`npm run generate\`. What differs here is a change of the API: say it in CHANGELOG.md.\n\n${sections.join('\n')}`;
  },
}));

/** Finds the statements of a file's declarations that declare a name, without their comments; of what lies outside `folder` it says where. */
function declarationsOf(ts, program, folder) {
  const files = new Map();
  return (source, name, as) => {
    if (path.relative(folder, source.fileName).startsWith('..')) return [`// ${as}: of ${placeOf(source.fileName)}`];
    if (!files.has(source.fileName)) {
      let text = '';
      program.emit(source, (file, written) => file.endsWith('.d.ts') && (text = written), undefined, true);
      files.set(source.fileName, ts.createSourceFile('d.ts', text, ts.ScriptTarget.Latest, true));
    }
    const file = files.get(source.fileName);
    const printer = ts.createPrinter({ removeComments: true });
    return file.statements
      .filter((statement) => {
        if (name === 'default') return ts.isExportAssignment(statement) || has(ts, statement, ts.SyntaxKind.DefaultKeyword);
        const names = ts.isVariableStatement(statement) ? statement.declarationList.declarations.map((one) => one.name) : [statement.name];
        return names.some((one) => one?.text === name);
      })
      .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file).replace(/^declare /, 'export declare '))
      .map(shortened)
      .map((text) => (as === name ? text : `// exported as ${as}\n${text}`));
  };
}

/** A schema or a table of texts is told by its name and a digest: nobody reads what is inferred of it, and a change of it is seen. */
function shortened(whole) {
  if (whole.length < 2_500) return whole;
  // The keys of texts are API; their words are not.
  const text = whole.includes('TranslationRef<') ? whole.replaceAll(/: "(?:[^"\\]|\\.)*";/g, ': string;') : whole;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, text.indexOf('\n')).slice(0, 200)} … // ${text.split('\n').length} lines, sha256 ${digest}`;
}

const placeOf = (file) => (file.includes('/node_modules/') ? file.split('/node_modules/').at(-1) : path.relative(root, file));

const has = (ts, statement, kind) =>
  ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((modifier) => modifier.kind === kind);
