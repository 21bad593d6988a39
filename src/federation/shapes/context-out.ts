/** A JSON-LD object that we write: plain JSON whose words are those of our context. */
export type Document = { [name: string]: unknown }

/** Everybody: the address of what is public. */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public'

/** For activities that use no extension: every server knows it by heart. */
export const PLAIN_CONTEXT = 'https://www.w3.org/ns/activitystreams'

/**
 * The one context of everything that carries extensions. Its terms stand here instead of behind more addresses,
 * so that a reader that resolves contexts needs only the two it has anyway.
 */
export const CONTEXT: readonly unknown[] = [
  PLAIN_CONTEXT,
  'https://w3id.org/security/v1',
  {
    manuallyApprovesFollowers: 'as:manuallyApprovesFollowers',
    sensitive: 'as:sensitive',
    Hashtag: 'as:Hashtag',
    movedTo: { '@id': 'as:movedTo', '@type': '@id' },
    alsoKnownAs: { '@id': 'as:alsoKnownAs', '@type': '@id' },
    toot: 'http://joinmastodon.org/ns#',
    Emoji: 'toot:Emoji',
    featured: { '@id': 'toot:featured', '@type': '@id' },
    featuredTags: { '@id': 'toot:featuredTags', '@type': '@id' },
    focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
    blurhash: 'toot:blurhash',
    votersCount: 'toot:votersCount',
    discoverable: 'toot:discoverable',
    indexable: 'toot:indexable',
    memorial: 'toot:memorial',
    suspended: 'toot:suspended',
    showFeatured: 'toot:showFeatured',
    showMedia: 'toot:showMedia',
    showRepliesInMedia: 'toot:showRepliesInMedia',
    attributionDomains: { '@id': 'toot:attributionDomains', '@container': '@set' },
    schema: 'http://schema.org#',
    PropertyValue: 'schema:PropertyValue',
    value: 'schema:value',
    ostatus: 'http://ostatus.org#',
    atomUri: 'ostatus:atomUri',
    inReplyToAtomUri: 'ostatus:inReplyToAtomUri',
    conversation: 'ostatus:conversation',
    litepub: 'http://litepub.social/ns#',
    directMessage: 'litepub:directMessage',
    gts: 'https://gotosocial.org/ns#',
    interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
    canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
    canLike: { '@id': 'gts:canLike', '@type': '@id' },
    canReply: { '@id': 'gts:canReply', '@type': '@id' },
    canAnnounce: { '@id': 'gts:canAnnounce', '@type': '@id' },
    always: { '@id': 'gts:always', '@type': '@id' },
    automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
    interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
    interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
    // FEP-044f, and the words of those who knew quotes before it
    quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
    quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
    QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
    QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
    quoteUri: 'http://fedibird.com/ns#quoteUri',
    quoteUrl: 'as:quoteUrl',
    _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
    _misskey_reaction: 'https://misskey-hub.net/ns#_misskey_reaction',
    // FEP-7aa9
    canFeature: 'https://w3id.org/fep/7aa9#canFeature',
    featuredCollections: { '@id': 'toot:featuredCollections', '@type': '@id' },
    FeaturedCollection: 'https://w3id.org/fep/7aa9#FeaturedCollection',
    FeaturedItem: 'https://w3id.org/fep/7aa9#FeaturedItem',
    FeatureAuthorization: 'https://w3id.org/fep/7aa9#FeatureAuthorization',
    topic: 'https://w3id.org/fep/7aa9#topic',
    featuredObject: { '@id': 'https://w3id.org/fep/7aa9#featuredObject', '@type': '@id' },
    featureAuthorization: { '@id': 'https://w3id.org/fep/7aa9#featureAuthorization', '@type': '@id' },
    // FEP-2c59
    webfinger: 'https://purl.archive.org/socialweb/webfinger#webfinger',
    // FEP-521a
    assertionMethod: { '@id': 'https://w3id.org/security#assertionMethod', '@type': '@id' },
    Multikey: 'https://w3id.org/security#Multikey',
    controller: { '@id': 'https://w3id.org/security#controller', '@type': '@id' },
    publicKeyMultibase: {
      '@id': 'https://w3id.org/security#publicKeyMultibase',
      '@type': 'https://w3id.org/security#multibase',
    },
    // FEP-8b32, as plain words: the published context would make a graph of its own of each proof.
    proof: { '@id': 'https://w3id.org/security#proof', '@type': '@id' },
    DataIntegrityProof: 'https://w3id.org/security#DataIntegrityProof',
    cryptosuite: 'https://w3id.org/security#cryptosuite',
    proofPurpose: { '@id': 'https://w3id.org/security#proofPurpose', '@type': '@vocab' },
    proofValue: {
      '@id': 'https://w3id.org/security#proofValue',
      '@type': 'https://w3id.org/security#multibase',
    },
    verificationMethod: { '@id': 'https://w3id.org/security#verificationMethod', '@type': '@id' },
  },
]

/** The object as a document of its own, in the full context. */
export function withContext(object: Document): Document {
  return { '@context': CONTEXT, ...object }
}

/** The activity as a document of its own, for those that use no extension. */
export function withPlainContext(activity: Document): Document {
  return { '@context': PLAIN_CONTEXT, ...activity }
}
