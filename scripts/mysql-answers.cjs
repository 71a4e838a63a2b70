// Exits 0 where the server that TEST_DATABASE_URL names answers.
const { createConnection } = require('mysql2/promise');

createConnection({ uri: process.env.TEST_DATABASE_URL, connectTimeout: 3000 })
  .then((connection) => connection.end())
  .catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
