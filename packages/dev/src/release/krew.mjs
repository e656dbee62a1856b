import path from 'node:path';
import { parse, stringify } from 'yaml';
import { call } from './call.mjs';

/** A manifest for krew: an archive for each platform. `archives`: os, arch, archive (a path), bin, sha256. */
export function krewManifest({ version, url, archives }) {
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'dr' },
    spec: {
      version: `v${version}`,
      shortDescription: 'Disaster recovery, seen from the application',
      description:
        'Says in the words of applications what is protected and how old the data is,\nand brings a component or a whole application back: beside the original or in\nplace, with a plan first and a way to undo it. Drives the backup engine that is\nthere (Velero first) and installs nothing in a cluster.\n',
      caveats: 'On macOS it needs Node 22.19 or newer on PATH.\nFor completion of "kubectl dr": kubectl dr completion install\n',
      platforms: archives.map(({ os, arch, archive, bin, sha256 }) => ({
        selector: { matchLabels: { os, arch } },
        uri: `${url}/${path.basename(archive)}`,
        sha256,
        bin,
      })),
    },
  });
}

/** What krew's own validation, and its reviewers, would refuse. `folder`: where the archives are. */
export function krewProblems(text, folder) {
  const { apiVersion, kind, metadata, spec } = parse(text);
  const problems = [];
  const expect = (holds, problem) => holds || problems.push(problem);
  expect(apiVersion === 'krew.googlecontainertools.github.com/v1alpha2' && kind === 'Plugin', 'it is no plugin of v1alpha2');
  expect(/^[\w-]+$/.test(metadata?.name ?? ''), 'the name is none');
  expect(/^v\d+\.\d+\.\d+/.test(spec.version), `${spec.version} is not vX.Y.Z`);
  expect(/^[^\n]{1,50}$/.test(spec.shortDescription), 'the short description is not one line of at most 50 characters');
  expect(
    spec.description.split('\n').every((line) => line.length <= 80),
    'the description is wider than 80 columns',
  );
  expect(spec.platforms?.length > 0, 'there is no platform');
  for (const { selector, uri, sha256, bin } of spec.platforms ?? []) {
    const keys = Object.keys(selector?.matchLabels ?? {});
    expect(keys.length > 0 && keys.every((key) => key === 'os' || key === 'arch'), `${uri} is chosen by ${keys.join(', ') || 'nothing'}`);
    expect(/^[0-9a-f]{64}$/.test(sha256), `${uri} has no sha256`);
    expect(/^https:\/\/.+\.(tar\.gz|zip)$/.test(uri), `${uri} is no archive`);
    const archive = path.join(folder, path.basename(uri));
    const names = (archive.endsWith('.zip') ? call('unzip', ['-Z1', archive]) : call('tar', ['-tzf', archive])).trim().split('\n');
    expect(names.includes(bin), `${path.basename(uri)} does not contain ${bin}`);
    expect(names.includes('LICENSE'), `${path.basename(uri)} contains no LICENSE`);
  }
  const selectors = spec.platforms.map(({ selector }) => JSON.stringify(selector));
  expect(new Set(selectors).size === selectors.length, 'a platform is named twice');
  return problems;
}
