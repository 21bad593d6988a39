/** What a term means, in the words of a context. */
export type Terms = Record<string, unknown>

const words = (text: string) => text.trim().split(/\s+/)
const named = (prefix: string, text: string): Terms =>
  Object.fromEntries(words(text).map((name) => [name, `${prefix}:${name}`]))
const typed = (prefix: string, type: string, text: string): Terms =>
  Object.fromEntries(words(text).map((name) => [name, { '@id': `${prefix}:${name}`, '@type': type }]))

/** ActivityStreams 2.0, as W3C publishes it: https://www.w3.org/ns/activitystreams */
const activityStreams: Terms = {
  '@vocab': '_:',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  as: 'https://www.w3.org/ns/activitystreams#',
  ldp: 'http://www.w3.org/ns/ldp#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  id: '@id',
  type: '@type',
  ...named(
    'as',
    `Accept Activity IntransitiveActivity Add Announce Application Arrive Article Audio Block
      Collection CollectionPage Relationship Create Delete Dislike Document Event Follow Flag Group
      Ignore Image Invite Join Leave Like Link Mention Note Object Offer OrderedCollection
      OrderedCollectionPage Organization Page Person Place Profile Question Reject Remove Service
      TentativeAccept TentativeReject Tombstone Undo Update Video View Listen Read Move Travel
      IsFollowing IsFollowedBy IsContact IsMember content name hreflang mediaType rel summary units
      preferredUsername source`,
  ),
  ...typed(
    'as',
    '@id',
    `subject relationship actor attributedTo attachment bcc bto cc context current first generator
      icon image inReplyTo items instrument last location next object oneOf anyOf origin prev preview
      replies result audience partOf tag target to url href describes formerType outbox following
      followers streams endpoints uploadMedia proxyUrl liked oauthAuthorizationEndpoint
      oauthTokenEndpoint provideClientKey signClientKey sharedInbox Public likes shares alsoKnownAs`,
  ),
  ...typed('as', 'xsd:dateTime', 'closed endTime published startTime updated deleted'),
  ...typed('as', 'xsd:float', 'accuracy altitude latitude longitude radius'),
  ...typed('as', 'xsd:nonNegativeInteger', 'height startIndex totalItems width'),
  ...typed('as', 'xsd:duration', 'duration'),
  orderedItems: { '@id': 'as:items', '@type': '@id', '@container': '@list' },
  inbox: { '@id': 'ldp:inbox', '@type': '@id' },
  contentMap: { '@id': 'as:content', '@container': '@language' },
  nameMap: { '@id': 'as:name', '@container': '@language' },
  summaryMap: { '@id': 'as:summary', '@container': '@language' },
}

/** Words of the namespace that the published context lacks, and that some write without saying what they mean. */
const oftenMeant: Terms = {
  ...named('as', 'sensitive Hashtag manuallyApprovesFollowers'),
  ...typed('as', '@id', 'movedTo'),
}

/** The security vocabulary of HTTP and LD signatures: https://w3id.org/security/v1 */
const security: Terms = {
  id: '@id',
  type: '@type',
  dc: 'http://purl.org/dc/terms/',
  sec: 'https://w3id.org/security#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  CryptographicKey: 'sec:Key',
  signatureAlgorithm: 'sec:signingAlgorithm',
  ...named(
    'sec',
    `EcdsaKoblitzSignature2016 Ed25519Signature2018 EncryptedMessage GraphSignature2012
      LinkedDataSignature2015 LinkedDataSignature2016 authenticationTag canonicalizationAlgorithm
      cipherAlgorithm cipherData cipherKey digestAlgorithm digestValue domain encryptionKey
      initializationVector iterationCount nonce normalizationAlgorithm password privateKeyPem
      publicKeyBase58 publicKeyPem publicKeyWif salt signature signatureValue`,
  ),
  ...typed('sec', '@id', 'owner privateKey publicKey publicKeyService'),
  ...typed('dc', '@id', 'creator'),
  ...typed('dc', 'xsd:dateTime', 'created'),
  ...typed('sec', 'xsd:dateTime', 'expiration revoked'),
  expires: { '@id': 'sec:expiration', '@type': 'xsd:dateTime' },
}

/** What the options of an LD signature are made of: https://w3id.org/identity/v1, as far as they use it. */
const identity: Terms = {
  id: '@id',
  type: '@type',
  dc: 'http://purl.org/dc/terms/',
  sec: 'https://w3id.org/security#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  ...named('sec', 'domain nonce signatureValue'),
  ...typed('dc', '@id', 'creator'),
  ...typed('dc', 'xsd:dateTime', 'created'),
  expires: { '@id': 'sec:expiration', '@type': 'xsd:dateTime' },
}

const keys: Terms = {
  id: '@id',
  type: '@type',
  sec: 'https://w3id.org/security#',
  ...named('sec', 'Multikey publicKeyMultibase'),
  ...typed('sec', '@id', 'controller'),
  assertionMethod: { '@id': 'sec:assertionMethod', '@type': '@id', '@container': '@set' },
}
const securityAndKeys: Terms = { ...security, Key: 'sec:Key', ...named('sec', 'RsaSignature2017'), ...keys }

const asContext = (terms: Terms) => ({ '@context': terms })

/** The contexts that documents may name; nothing is ever fetched for one. Generous: for reading, not for proving. */
export const bundledContexts: Record<string, object> = {
  'https://www.w3.org/ns/activitystreams': asContext({ ...activityStreams, ...oftenMeant }),
  'https://w3id.org/security/v1': asContext(securityAndKeys),
  'https://w3id.org/security/v2': asContext(securityAndKeys),
  'https://w3id.org/security/multikey/v1': asContext(securityAndKeys),
  'https://w3id.org/security/data-integrity/v1': asContext(securityAndKeys),
  'https://w3id.org/security/data-integrity/v2': asContext(securityAndKeys),
  'https://www.w3.org/ns/did/v1': asContext(securityAndKeys),
  'https://www.w3.org/ns/cid/v1': asContext(securityAndKeys),
}

/** Contexts word for word as published: what is signed over a graph must be the same graph everywhere. */
export const exactContexts: Record<string, object> = {
  'https://www.w3.org/ns/activitystreams': asContext(activityStreams),
  'https://w3id.org/security/v1': asContext(security),
  'https://w3id.org/identity/v1': asContext(identity),
}
