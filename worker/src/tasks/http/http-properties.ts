/** What every HTTP task and trigger accepts. */
import * as z from '../../zod.ts';
import {
  durationText,
  dynamic,
  dynamicBoolean,
  dynamicInteger,
  dynamicMap,
  dynamicText,
  dynamicTextMap,
  deprecated,
} from '../properties.ts';

const auth = z.object({
  type: dynamic(z.enum(['BASIC', 'BEARER', 'BASIC_AUTH', 'DIGEST']))
    .optional()
    .describe('BASIC with username and password, BEARER with token.'),
  username: dynamicText().optional(),
  password: dynamicText().optional(),
  token: dynamicText().optional(),
});

const proxy = z.object({
  type: dynamicText().optional(),
  address: dynamicText().optional(),
  port: dynamicInteger().optional(),
  username: dynamicText().optional(),
  password: dynamicText().optional(),
});

const options = z.object({
  auth: dynamic(auth).optional().describe('How the request authenticates.'),
  timeout: dynamic(
    z.object({ connectTimeout: durationText().optional(), readIdleTimeout: durationText().optional() }),
  ).optional(),
  allowFailed: dynamicBoolean().optional().describe('Accept answers with a status of 400 and above.'),
  allowedResponseCodes: dynamic(z.array(dynamicInteger()))
    .optional()
    .describe('Statuses to accept beside those below 400.'),
  followRedirects: dynamicBoolean().optional().describe('Follow redirects; true when absent.'),
  defaultCharset: dynamicText().optional().describe('Character set of answers that name none.'),
  maxContentLength: dynamicInteger().optional().describe('The longest body, in bytes.'),
  proxy: dynamic(proxy).optional(),
  ssl: dynamic(z.object({ insecureTrustAllCertificates: dynamicBoolean().optional() })).optional(),
  logs: dynamic(z.array(z.string())).optional(),
  logLevel: dynamicText().optional(),
  connectTimeout: durationText().optional(),
  readTimeout: durationText().optional(),
  readIdleTimeout: durationText().optional(),
  connectionPoolIdleTimeout: durationText().optional(),
  proxyType: dynamicText().optional(),
  proxyAddress: dynamicText().optional(),
  proxyPort: dynamicInteger().optional(),
  proxyUsername: dynamicText().optional(),
  proxyPassword: dynamicText().optional(),
  basicAuthUser: deprecated(dynamicText(), 'Use `auth` with type BASIC.').optional(),
  basicAuthPassword: deprecated(dynamicText(), 'Use `auth` with type BASIC.').optional(),
});

export const httpProperties = {
  uri: dynamicText().describe('Where the request goes.'),
  method: dynamicText().default('GET').describe('GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, ...'),
  params: dynamicMap().optional().describe('Added to the query of the uri.'),
  headers: dynamicTextMap().optional().describe('Headers of the request.'),
  body: dynamicText().optional().describe('The body as a text.'),
  formData: dynamicMap()
    .optional()
    .describe('The body as a form: fields, URIs of stored files, or maps of `name` and `content`.'),
  contentType: dynamicText().optional().describe('Type of the body; multipart/form-data sends files of formData.'),
  options: dynamic(options).optional().describe('How the request is made.'),
  allowFailed: dynamicBoolean().default(false).describe('Accept answers with a status of 400 and above.'),
  sslOptions: dynamic(z.object({ insecureTrustAllCertificates: dynamicBoolean().optional() })).optional(),
};

export const HttpInput = z.object(httpProperties);
export type HttpInput = z.output<typeof HttpInput>;
