import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, TopologyRecord } from '../model/topology.js';
import type { Context } from './context.js';
import { upSecrets } from './given-certificate.js';
import { removeHelpers } from './helper.js';
import { knowsSentinelUsers, prepareImage, type ReadyImage } from './image.js';
import type { KeptSecrets } from './secrets.js';
import { isMade } from './seed.js';
import { chooseStorage } from './storage.js';

/** What is needed before a topology can be brought up. */
export interface Ready {
  /** With the image that is really there. */
  readonly spec: TopologySpec;
  readonly image: ReadyImage;
  readonly secrets: KeptSecrets;
  readonly storage: Pick<Placement, 'storage'>;
}

export interface Given {
  readonly password?: string;
  readonly certificate?: GivenCertificate;
  /** False where nothing is to be touched, as another rsent may be at work. */
  readonly touching: boolean;
}

/**
 * Have the image on the engine, and the secrets at hand.
 * @throws RsentError `spec` or `topology` when it could not come up that way; nothing was made then
 */
export async function getReady(
  context: Context,
  asked: TopologySpec,
  existing: TopologyRecord | undefined,
  given: Given,
): Promise<Ready> {
  // Said before an image is pulled for nothing.
  const storage = await chooseStorage(context, asked, existing);
  // Left by one that was killed.
  if (given.touching) await removeHelpers(context.engine, asked.name);
  const secrets = await upSecrets(context, asked, isMade(existing), given);
  const image = await prepareImage(context, asked.image);
  if (asked.security.acl) requireSentinelUsers(image);
  return { spec: { ...asked, image: { ...asked.image, ref: image.ref } }, image, secrets, storage };
}

function requireSentinelUsers({ ref, version }: ReadyImage): void {
  if (knowsSentinelUsers(version)) return;
  throw new RsentError(
    'spec',
    `acl is on, and ${ref} holds ${version}, whose Sentinel has no users.`,
    {
      hint: 'Nothing was created. Use an image of Redis 6.2 or later, or --auth without --acl: one password for all.',
    },
  );
}
