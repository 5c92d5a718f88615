/** Why a link was not taken over. The codes are stable; vectors/otpauth.json has a sentence for each. */
export type RefusalCode =
  // Not an account for codes at all.
  | 'not-otpauth'
  | 'web-address'
  | 'migration'
  | 'passkey'
  | 'microsoft-only'
  | 'duo-only'
  | 'steam-only'
  | 'okta-only'
  // Faults of the text.
  | 'too-long'
  | 'encoding'
  | 'hidden-characters'
  | 'fragment'
  | 'duplicate'
  | 'parameter'
  // Faults of the account.
  | 'type'
  | 'secret-missing'
  | 'secret-characters'
  | 'secret-length'
  | 'secret-damaged'
  | 'algorithm'
  | 'digits'
  | 'period'
  | 'counter-missing'
  | 'counter'
  | 'pin';

/** Refusal holds nothing of the link but the name of a parameter. */
export class Refusal extends Error {
  override name = 'Refusal';
  constructor(
    readonly code: RefusalCode,
    /** For `duplicate` and `parameter`. */
    readonly parameter = '',
  ) {
    super(`otpauth: refused: ${code}${parameter === '' ? '' : ` (${parameter})`}`);
  }
}
