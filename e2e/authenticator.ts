// Chromium's virtual authenticator: a passkey manager that answers by itself.
import type { CDPSession, Page } from 'playwright-core';

export interface Authenticator {
  session: CDPSession;
  id: string;
}

export interface AuthenticatorOptions {
  /** Without PRF it is the negative test of everything that needs it. */
  prf?: boolean;
  userVerification?: boolean;
}

export async function addAuthenticator(
  page: Page,
  { prf = true, userVerification = true }: AuthenticatorOptions = {},
): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: userVerification,
      isUserVerified: userVerification,
      hasPrf: prf,
      hasLargeBlob: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id: authenticatorId };
}
