const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** The service serves the page as it was built, so there has to be one: of the sources as they are. Does nothing where there is. */
module.exports = () => {
  execFileSync(process.execPath, [join(__dirname, '..', '..', 'scripts', 'page.mjs'), '--if-stale'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};
