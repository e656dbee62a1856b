import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folder -> our packages it may import. What is not listed may not be imported. */
const allowed: Record<string, readonly string[]> = {
  'packages/core': [],
  'packages/kubernetes': ['@kubectl-dr/core'],
  'packages/sandbox': ['@kubectl-dr/core'],
  'plugins/dr-common': ['@kubectl-dr/core'],
  'plugins/dr-node': ['@kubectl-dr/core', '@kubectl-dr/backstage-plugin-dr-common'],
  'plugins/dr-backend': [
    '@kubectl-dr/core',
    '@kubectl-dr/kubernetes',
    '@kubectl-dr/backstage-plugin-dr-common',
    '@kubectl-dr/backstage-plugin-dr-node',
  ],
  'plugins/catalog-backend-module-dr': ['@kubectl-dr/core', '@kubectl-dr/backstage-plugin-dr-common'],
  'plugins/dr': ['@kubectl-dr/core', '@kubectl-dr/backstage-plugin-dr-common'],
  'kubectl-plugin': ['@kubectl-dr/core', '@kubectl-dr/kubernetes', '@kubectl-dr/backstage-plugin-dr-common'],
};

interface Import {
  file: string;
  specifier: string;
  dynamic: boolean;
}

function sources(folder: string): string[] {
  if (!existsSync(path.join(root, folder, 'src'))) return [];
  return readdirSync(path.join(root, folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/\.test\.tsx?$/.test(file));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'/gm)) {
    found.push({ file, specifier: (match[1] ?? match[2])!, dynamic: false });
  }
  for (const match of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) {
    found.push({ file, specifier: match[1]!, dynamic: true });
  }
  return found;
}

const show = (found: Import): string => `${path.relative(root, found.file)} imports ${found.specifier}`;

describe('who may import whom', () => {
  for (const [folder, others] of Object.entries(allowed)) {
    it(`${folder} imports only ${others.join(', ') || 'libraries'}`, () => {
      const own = (JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as { name: string }).name;
      const wrong = sources(folder)
        .flatMap(importsOf)
        .filter(
          ({ specifier }) => specifier.startsWith('@kubectl-dr/') || specifier === 'kubectl-dr' || specifier.startsWith('kubectl-dr/'),
        )
        .filter(({ specifier }) => ![own, ...others].some((name) => specifier === name || specifier.startsWith(`${name}/`)))
        // The one exception of the house: `kubectl dr sandbox` loads it when it is asked for.
        .filter((found) => !(folder === 'kubectl-plugin' && found.dynamic && found.specifier === '@kubectl-dr/sandbox'));
      expect(wrong.map(show)).toEqual([]);
    });
  }

  it('relative imports stay inside their package', () => {
    const wrong = Object.keys(allowed).flatMap((folder) =>
      sources(folder)
        .flatMap(importsOf)
        .filter(
          ({ specifier, file }) =>
            specifier.startsWith('.') && !path.resolve(path.dirname(file), specifier).startsWith(path.join(root, folder)),
        ),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('files', () => {
  it('do not need each other in a circle, not for a type either', () => {
    const next = new Map<string, string[]>();
    for (const file of Object.keys(allowed).flatMap(sources)) {
      const needed = importsOf(file).filter(({ specifier, dynamic }) => specifier.startsWith('.') && !dynamic);
      next.set(
        file,
        needed.map(({ specifier }) => path.resolve(path.dirname(file), specifier)),
      );
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) {
        const circle = [...trail.slice(trail.indexOf(file)), file];
        circles.push(circle.map((one) => path.relative(root, one)).join(' -> '));
      }
      if (done.has(file)) return;
      done.add(file);
      for (const one of next.get(file) ?? []) visit(one, [...trail, file]);
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('core', () => {
  const imports = sources('packages/core').flatMap(importsOf);

  it('imports zod, croner and itself; only its testing folder also the test tools', () => {
    const wrong = imports.filter(({ specifier, file }) => {
      if (specifier.startsWith('.') || /^(zod|croner)(\/|$)/.test(specifier) || specifier.startsWith('@kubectl-dr/core')) return false;
      return !(file.includes(`${path.sep}testing${path.sep}`) && /^(vitest|fast-check)$/.test(specifier));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('runs in a browser: no node: imports, no Buffer, no process', () => {
    const wrong = sources('packages/core').filter((file) => /\bBuffer\.|\bprocess\.|from 'node:/.test(readFileSync(file, 'utf8')));
    expect(wrong.map((file) => path.relative(root, file))).toEqual([]);
  });

  it('keeps the words of an engine inside its folder', () => {
    const wrong = sources('packages/core').filter(
      (file) =>
        !file.includes(`${path.sep}engines${path.sep}`) &&
        !file.includes(`${path.sep}testing${path.sep}`) &&
        /'velero\.io|PodVolumeBackup'|DataUpload'/.test(readFileSync(file, 'utf8')),
    );
    expect(wrong.map((file) => path.relative(root, file))).toEqual([]);
  });
});

describe('every package', () => {
  const folders = [...Object.keys(allowed), 'packages/app', 'packages/backend'];

  it('declares what it imports', () => {
    const wrong = folders.flatMap((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
      const declared = new Set(
        ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((kind) => Object.keys(manifest[kind] ?? {})),
      );
      declared.add(String(manifest.name));
      return sources(folder)
        .flatMap(importsOf)
        .filter(
          ({ specifier, file }) =>
            !specifier.startsWith('.') && !specifier.startsWith('node:') && !file.includes(`${path.sep}testing${path.sep}`),
        )
        .filter(
          ({ specifier }) =>
            !declared.has(
              specifier
                .split('/')
                .slice(0, specifier.startsWith('@') ? 2 : 1)
                .join('/'),
            ),
        )
        .map(show);
    });
    expect(wrong).toEqual([]);
  });

  it('pins its dependencies to one version', () => {
    const wrong = ['.', ...folders, 'packages/dev'].flatMap((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
      return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
        Object.entries(manifest[kind] ?? {})
          .filter(([name, version]) => !name.startsWith('@kubectl-dr/') && name !== 'app' && !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version))
          .map(([name, version]) => `${folder}: ${name}@${version}`),
      );
    });
    expect(wrong).toEqual([]);
  });
});
