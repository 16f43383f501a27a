import { App, Stack } from 'aws-cdk-lib';
import { DataLakePipeline, NamedQuery, Pagination, QualityLevel, QualityRule, Source, Transform, TransformMode, WriteMode } from 'cdk-data-lake-pipeline';

const app = new App();
const stack = new Stack(app, 'RandomUser');

new DataLakePipeline(stack, 'Pipeline', {
  databaseName: 'randomuser_db',
  workgroupName: 'analytics',
  sources: [
    Source.http('randomuser', {
      url: 'https://randomuser.me/api/?results=500&seed=pipeline',
      records: '$.results',
      // The API has people without end: four pages are the whole sample, and a seed keeps them the same.
      pagination: Pagination.pageNumber({ param: 'page', maxPages: 4, stablePages: true }),
      writeMode: WriteMode.snapshot({ allowCut: true }),
      crawlerName: 'randomuser-crawler',
      quality: [
        QualityRule.rowCount({ min: 1 }),
        QualityRule.isUnique('login.uuid'),
        QualityRule.matches('email', '[^@]+@[^@]+'),
        QualityRule.between('dob.age', 0, 120, { level: QualityLevel.WARN }),
      ],
    }),
  ],
  transforms: [
    // Everyone who was ever in the sample, as last seen.
    Transform.sql('users', {
      query: `SELECT login.uuid AS uuid, name.first AS first_name, name.last AS last_name, email, location.country AS country, ingestion_date
FROM randomuser
WHERE ingestion_date = '{{ingestion_date}}'`,
      mode: TransformMode.merge({ key: ['uuid'], latestBy: 'ingestion_date' }),
    }),
  ],
  namedQueries: [
    NamedQuery.sql('total_users', 'SELECT COUNT(*) AS total_users FROM randomuser_db.randomuser', {
      description: 'How many users the table holds',
    }),
    NamedQuery.sql(
      'users_by_country',
      `SELECT location.country, COUNT(*) AS users_count
FROM randomuser_db.randomuser
GROUP BY location.country
ORDER BY users_count DESC
LIMIT 10`,
      { description: 'The ten countries with the most users' },
    ),
    NamedQuery.sql(
      'sample_users',
      `SELECT name.first, name.last, email, location.country
FROM randomuser_db.randomuser
LIMIT 5`,
      { description: 'Five users, to see what a record looks like' },
    ),
  ],
});
