// Types of the custom resources that engines write, from their schemas: names and shapes, without the descriptions.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';

const shared = process.env.KUBECTL_DR_SHARED ?? path.resolve(root, '../shared/data');

/** Kinds that are written or simulated; what is only read is read permissively. */
export const veleroTypes = typesOf('velero', "Velero's custom resources", 'velero', [
  'Backup',
  'BackupStorageLocation',
  'DataUpload',
  'DeleteBackupRequest',
  'DownloadRequest',
  'PodVolumeBackup',
  'Restore',
  'Schedule',
  'ServerStatusRequest',
]);

export const csiTypes = typesOf('csi', 'volume snapshots', 'external-snapshotter', [
  'VolumeGroupSnapshot',
  'VolumeSnapshot',
  'VolumeSnapshotContent',
]);

function typesOf(engine, title, folder, kinds) {
  const schemas = path.join(shared, 'crds', folder);
  return {
    file: path.join(root, `packages/core/src/engines/${engine}/types.generated.ts`),
    missing: () => (existsSync(schemas) ? undefined : `the schemas of ../shared/data/crds/${folder} are absent`),
    async make() {
      const { compile } = await import('json-schema-to-typescript');
      const { parseAllDocuments } = await import('yaml');
      const parts = [];
      for (const file of readdirSync(schemas).sort()) {
        for (const document of parseAllDocuments(readFileSync(path.join(schemas, file), 'utf8'))) {
          const definition = document.toJS();
          const kind = definition?.spec.names.kind;
          if (!kinds.includes(kind)) continue;
          const { properties } = definition.spec.versions.find(({ storage }) => storage).schema.openAPIV3Schema;
          for (const part of ['spec', 'status']) {
            if (!properties[part]) continue;
            const name = `${kind}${part[0].toUpperCase()}${part.slice(1)}`;
            const text = await compile(closed(properties[part]), name, {
              bannerComment: '',
              style: { singleQuote: true, printWidth: 140 },
            });
            parts.push(text.trim());
          }
        }
      }
      return `// Generated from the schemas of ${title} by \`npm run generate\`.\n\n${parts.join('\n\n')}\n`;
    },
  };
}

/** Without descriptions and titles; the server drops fields that a schema does not name, so objects are closed. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { description: _, title: __, 'x-kubernetes-preserve-unknown-fields': open, properties, ...rest } = schema;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, closed(value)]));
  if (properties) copy.properties = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, closed(value)]));
  if (copy['x-kubernetes-int-or-string']) copy.type = ['integer', 'string'];
  delete copy.anyOf;
  if (properties && open !== true && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}
