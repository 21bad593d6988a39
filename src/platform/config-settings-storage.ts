import { settingTable } from './config-setting.ts'

const s3 = 'Media are files until the S3 store arrives with a later part; has no effect yet.'
const media = 'Arrives with a later part; has no effect yet.'

/** Where media are kept and how they are served. */
export const storageSettings = {
  ...settingTable('later', s3, {
    S3_ENABLED: ['bool', 'Keep media in an S3 store.'],
    S3_BUCKET: ['string', 'S3: the bucket.'],
    S3_REGION: ['string', 'S3: the region.', { default: 'us-east-1' }],
    S3_ENDPOINT: ['url', 'S3: the address of the service.'],
    S3_PROTOCOL: ['enum', 'S3: the scheme of public addresses.', { values: ['https', 'http'] }],
    S3_HOSTNAME: ['string', 'S3: the host of public addresses.'],
    S3_ALIAS_HOST: ['string', 'S3: the host that visitors see.'],
    S3_CLOUDFRONT_HOST: ['string', 'The old name of S3_ALIAS_HOST.'],
    S3_PERMISSION: ['string', 'S3: the ACL of objects; empty sends none.', { mayBeEmpty: true }],
    S3_KEY_PREFIX: ['string', 'S3: a prefix of keys.'],
    S3_FORCE_SINGLE_REQUEST: ['bool', 'S3: do not fetch in parts.'],
    S3_OVERRIDE_PATH_STYLE: ['bool', 'S3: true puts the bucket into the host name.'],
    S3_OPEN_TIMEOUT: ['int', 'S3: seconds to connect.', { default: 5 }],
    S3_READ_TIMEOUT: ['int', 'S3: seconds to wait for an answer.', { default: 5 }],
    S3_RETRY_LIMIT: ['int', 'S3: how often to try again.', { default: 0 }],
    S3_STORAGE_CLASS: ['string', 'S3: the class of storage.'],
    S3_MULTIPART_THRESHOLD: ['bytes', 'S3: from which size to send in parts.', { default: 15_728_640 }],
    S3_ENABLE_CHECKSUM_MODE: ['bool', 'S3: ask for checksums.'],
    S3_BATCH_DELETE_LIMIT: ['int', 'S3: how many objects to delete at once.', { default: 1000 }],
    S3_BATCH_DELETE_RETRY: ['int', 'S3: how often to try deleting again.', { default: 3 }],
    AWS_ACCESS_KEY_ID: ['string', 'S3: the access key.'],
    AWS_SECRET_ACCESS_KEY: ['secret', 'S3: the secret key.'],
  }),
  ...settingTable('refused', 'Only signature version 4 exists here.', {
    S3_SIGNATURE_VERSION: ['string', 'S3: how requests are signed.', { refusedValues: ['v2', 's3'] }],
  }),
  ...settingTable('refused', 'Not supported: copy the media to an S3 store with rclone.', {
    SWIFT_ENABLED: ['bool', 'Keep media in OpenStack Swift.', { refusedValues: ['true'] }],
    AZURE_ENABLED: ['bool', 'Keep media in Azure.', { refusedValues: ['true'] }],
  }),
  ...settingTable('ignored', 'Belongs to a store that is not supported (rclone copies it to S3).', {
    SWIFT_USERNAME: ['string', 'Swift: the user.'],
    SWIFT_PASSWORD: ['secret', 'Swift: the password.'],
    SWIFT_TENANT: ['string', 'Swift: the tenant.'],
    SWIFT_PROJECT_ID: ['string', 'Swift: the project.'],
    SWIFT_AUTH_URL: ['string', 'Swift: the identity service.'],
    SWIFT_CONTAINER: ['string', 'Swift: the container.'],
    SWIFT_OBJECT_URL: ['string', 'Swift: the public address.'],
    SWIFT_REGION: ['string', 'Swift: the region.'],
    SWIFT_DOMAIN_NAME: ['string', 'Swift: the domain.'],
    SWIFT_CACHE_TTL: ['int', 'Swift: for how long answers are kept.'],
    SWIFT_TEMP_URL_KEY: ['secret', 'Swift: the key of temporary addresses.'],
    AZURE_STORAGE_ACCOUNT: ['string', 'Azure: the account.'],
    AZURE_STORAGE_ACCESS_KEY: ['secret', 'Azure: the key.'],
    AZURE_CONTAINER_NAME: ['string', 'Azure: the container.'],
    AZURE_ALIAS_HOST: ['string', 'Azure: the host that visitors see.'],
  }),
  ...settingTable('later', media, {
    PAPERCLIP_ROOT_PATH: ['path', 'Where the files of a Mastodon are.'],
    PAPERCLIP_ROOT_URL: ['string', 'The address prefix of those files.', { default: '/system' }],
    CDN_HOST: ['url', 'The host that serves assets.'],
    EXTRA_MEDIA_HOSTS: ['list', 'Further hosts that pages may load media from.'],
    EXTRA_DATA_HOSTS: ['list', 'Further hosts that pages may talk to.'],
    CACHE_BUSTER_ENABLED: ['bool', 'Tell the cache in front when a file is deleted.'],
    CACHE_BUSTER_HTTP_METHOD: ['string', 'Telling the cache: the method.', { default: 'GET' }],
    CACHE_BUSTER_SECRET_HEADER: ['string', 'Telling the cache: the header of the secret.'],
    CACHE_BUSTER_SECRET: ['secret', 'Telling the cache: the secret.'],
  }),
}
