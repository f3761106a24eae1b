/** Flows as a ZIP file, out and in. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { FlowRef, StoredFlow } from '../db/flows.ts';
import { AppError } from '../errors.ts';
import { ARCHIVE_BYTES_MAX, FLOWS_PER_DEPLOY_MAX } from '../limits.ts';
import { decodeSource } from './flow-source.ts';

/** One file for each flow, `namespace-id.yml`, with its source as it was saved. */
export function packFlows(flows: readonly StoredFlow[]): Uint8Array<ArrayBuffer> {
  return zipSync(Object.fromEntries(flows.map((flow) => [fileName(flow), strToU8(flow.source)])));
}

export function fileName({ namespace, id }: FlowRef): string {
  return `${namespace}-${id}.yml`;
}

export interface SourceFile {
  name: string;
  text: string;
}

/** The YAML files of an archive. What the archive says about sizes is checked before anything is unpacked, and nothing
 *  unpacks to more than it said. */
export function unpackSources(archive: Uint8Array): SourceFile[] {
  let bytes = 0;
  let files = 0;
  try {
    const entries = unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        if (!/\.ya?ml$/i.test(name)) return false;
        bytes += originalSize;
        files += 1;
        if (bytes > ARCHIVE_BYTES_MAX)
          throw new AppError('too_large', `The archive unpacks to more than ${ARCHIVE_BYTES_MAX} bytes.`);
        if (files > FLOWS_PER_DEPLOY_MAX)
          throw new AppError('too_large', `The archive has more than ${FLOWS_PER_DEPLOY_MAX} flows.`);
        return true;
      },
    });
    return Object.entries(entries).map(([name, content]) => ({ name, text: decodeSource(content) }));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid_body', 'The archive cannot be read; send a ZIP file.', { cause });
  }
}

export function isArchive(bytes: Uint8Array): boolean {
  return strFromU8(bytes.subarray(0, 2), true) === 'PK';
}
