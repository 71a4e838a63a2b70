import { Controller, Get, Header, HttpCode, Injectable, type OnModuleInit, Param, Post } from '@nestjs/common';
import { notFound, Public } from 'keystile';
import MarkdownIt from 'markdown-it';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import { PageVote } from './page-vote.entity';

const ANSWERS = ['yes', 'no'] as const;

@Injectable()
export class PageVotes implements OnModuleInit {
  constructor(private readonly database: DataSource) {}

  async onModuleInit(): Promise<void> {
    const unvoted = ANSWERS.map((answer) => ({ answer, votes: 0 }));
    await this.database.createQueryBuilder().insert().into(PageVote).values(unvoted).orIgnore().execute();
  }

  async count(answer: string): Promise<void> {
    const { affected } = await this.database.getRepository(PageVote).increment({ answer }, 'votes', 1);
    if (affected !== 1) throw notFound();
  }
}

/** The page that customers of the API read. */
@Controller('docs/authentication')
@Public()
export class DocsController {
  private readonly page = html(readFileSync(join(__dirname, 'authentication.md'), 'utf8'));

  constructor(private readonly votes: PageVotes) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
  read(): string {
    return this.page;
  }

  @Post('helpful/:answer')
  @HttpCode(200)
  @Header('content-type', 'text/plain; charset=utf-8')
  async vote(@Param('answer') answer: string): Promise<string> {
    await this.votes.count(answer);
    return 'Thank you.';
  }
}

const html = (markdown: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API Authentication</title>
<style>body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{background:#f3f3f3;padding:1rem;overflow:auto}</style>
<main>
${new MarkdownIt({ html: false }).render(markdown)}
</main>
<form method="post">
<p>Was this helpful?
<button formaction="/docs/authentication/helpful/yes">Yes</button>
<button formaction="/docs/authentication/helpful/no">No</button></p>
</form>
</html>
`;
