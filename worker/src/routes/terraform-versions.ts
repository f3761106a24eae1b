/** The bytes of the versions of a Terraform state: sealed, since states hold secrets in clear, and bound to their place. */
import type { Config } from '../env.ts';
import type { Tenant } from '../tenant.ts';
import { sealBytes, unsealBytes } from '../vault.ts';
import type { SealPlace } from '../vault.ts';

/** No namespace begins like this, so that neither paths nor seals can be mistaken for those of one. */
const PLACE = '_terraform';

export class TerraformVersions {
  readonly #tenant: Tenant;
  readonly #secrets: Config['secrets'];
  readonly #name: string;

  constructor(tenant: Tenant, secrets: Config['secrets'], name: string) {
    this.#tenant = tenant;
    this.#secrets = secrets;
    this.#name = name;
  }

  async put(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#tenant.files.put(this.#path(number), await sealBytes(this.#secrets, this.#place(number), bytes));
  }

  async get(number: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = await this.#tenant.files.get(this.#path(number));
    if (file === null || !('body' in file)) return undefined;
    return unsealBytes(this.#secrets, this.#place(number), new Uint8Array(await file.arrayBuffer()));
  }

  async delete(numbers: readonly number[]): Promise<void> {
    await this.#tenant.files.delete(numbers.map((number) => this.#path(number)));
  }

  #path(number: number): string {
    return `${PLACE}/${this.#name}/${number}`;
  }

  #place(version: number): SealPlace {
    return { tenant: this.#tenant.key, namespace: PLACE, key: this.#name, version };
  }
}
