// Reads requests with Node's own parser (llhttp) and writes a line for each that it has read to its end:
//   R method target body-length sha256-of-the-body     or     E code, where it could not read one
const http = require('http');
const crypto = require('crypto');

const options = { maxHeaderSize: 1 << 18, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60000 };
const server = http.createServer(options, (request, response) => {
  const hash = crypto.createHash('sha256');
  let length = 0;
  request.on('data', (chunk) => { length += chunk.length; hash.update(chunk); });
  request.on('error', () => {});
  request.on('end', () => {
    if (request.url !== '/health')
      process.stdout.write(`R ${request.method} ${request.url} ${length} ${hash.digest('hex')}\n`);
    // The answer names its request, so that answers cannot be mixed up unseen.
    response.end(request.url);
  });
});
server.on('clientError', (error, socket) => {
  process.stdout.write(`E ${error.code}\n`);
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`P ${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
