// Writes a bill of materials (CycloneDX) of the native library: node sbom.mjs FILE
// With others' after it (node sbom.mjs FILE BOM...), adds what is in them.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [, , output, ...others] = process.argv;
const pinned = Object.fromEntries(
    readFileSync(new URL('aws-crt.pin', import.meta.url), 'utf8').split('\n')
        .map(line => line.match(/^(\w+)=(.*)$/)).filter(Boolean).map(([, name, value]) => [name, value]));
const license = id => [{ license: { id } }];
const version = process.env.S2N_PACKAGE_VERSION ?? '0.0.0';

const awsCrt = {
    type: 'library', 'bom-ref': `pkg:npm/aws-crt@${pinned.version}`, name: 'aws-crt', version: pinned.version, purl: `pkg:npm/aws-crt@${pinned.version}`,
    supplier: { name: 'Amazon Web Services' }, licenses: license('Apache-2.0'),
    hashes: [{ alg: 'SHA-512', content: Buffer.from(pinned.integrity.replace(/^sha512-/, ''), 'base64').toString('hex') }],
};
const s2n = {
    type: 'library', 'bom-ref': `pkg:github/aws/s2n-tls@v${pinned.s2n_tls}`, name: 's2n-tls', version: pinned.s2n_tls, purl: `pkg:github/aws/s2n-tls@v${pinned.s2n_tls}`,
    cpe: `cpe:2.3:a:amazon:s2n-tls:${pinned.s2n_tls}:*:*:*:*:*:*:*`, supplier: { name: 'Amazon Web Services' }, licenses: license('Apache-2.0'),
    description: 'Linked into aws-crt. It does not name its version: this one or a later one.',
};
const awsLc = {
    type: 'library', 'bom-ref': `pkg:github/aws/aws-lc@v${pinned.aws_lc}`, name: 'AWS-LC', version: pinned.aws_lc, purl: `pkg:github/aws/aws-lc@v${pinned.aws_lc}`,
    cpe: `cpe:2.3:a:amazon:aws-lc:${pinned.aws_lc}:*:*:*:*:*:*:*`, supplier: { name: 'Amazon Web Services' }, licenses: [{ expression: 'Apache-2.0 AND (Apache-2.0 OR ISC OR OpenSSL)' }],
    description: 'Linked into aws-crt.',
};
const own = {
    type: 'library', 'bom-ref': `pkg:nuget/S2nStream.Native@${version}`, name: 'S2nStream.Native', version, purl: `pkg:nuget/S2nStream.Native@${version}`, licenses: license('Apache-2.0'),
};

const boms = others.map(file => JSON.parse(readFileSync(file, 'utf8')));
const subjects = [own, ...boms.map(bom => ({ ...bom.metadata.component, type: 'library', licenses: license('Apache-2.0') }))];
const unique = list => [...new Map(list.map(item => [item['bom-ref'] ?? item.ref, item])).values()];
const components = unique([awsCrt, s2n, awsLc, ...boms.flatMap(bom => bom.components ?? []), ...(boms.length > 0 ? subjects : [])]);
const bom = {
    bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
    metadata: { component: boms.length > 0 ? { type: 'library', 'bom-ref': `S2nStream@${version}-release`, name: 'S2nStream', version } : own },
    components,
    dependencies: unique([
        { ref: own['bom-ref'], dependsOn: [awsCrt['bom-ref']] },
        { ref: awsCrt['bom-ref'], dependsOn: [s2n['bom-ref'], awsLc['bom-ref']] },
        { ref: s2n['bom-ref'], dependsOn: [awsLc['bom-ref']] },
        ...boms.flatMap(other => other.dependencies ?? []),
    ]),
};
// The same content has the same number, so that packing again gives the same package.
const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
bom.serialNumber = `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
writeFileSync(output, `${JSON.stringify(bom, null, 2)}\n`);
