// node check-lock.cjs package-lock.json : every optional (platform) dependency must be in the lock, or npm ci refuses it
const l = JSON.parse(require('fs').readFileSync(process.argv[2] ?? 'package-lock.json'));
let bad = 0;
for (const [k, p] of Object.entries(l.packages))
  for (const d of Object.keys(p.optionalDependencies ?? {})) {
    const places = [k + '/'];
    for (let i = k.length; (i = k.lastIndexOf('/node_modules/', i - 1)) > 0;) places.push(k.slice(0, i + 1));
    places.push('');
    if (!places.some((b) => l.packages[b + 'node_modules/' + d])) {
      bad++;
      console.log('missing', d, 'of', k);
    }
  }
console.log(bad ? `${bad} missing` : 'complete');
process.exit(bad ? 1 : 0);
