-- A small catalogue as the first released twopop made it (schema 1), in plain SQL.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE deliverables (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	identity TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (project_id, identity), 
	FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "deliverables" VALUES(1,1,'Harbour Line / Days / HL01 / full 16:9 en social-h264');
INSERT INTO "deliverables" VALUES(2,1,'Harbour Line / Days / HL01 / 30s 9:16 en social-h264');
INSERT INTO "deliverables" VALUES(3,1,'Harbour Line / Days / HL01 / 6s 1:1 Été''s spot');
INSERT INTO "deliverables" VALUES(4,2,'Other / Film /  / full 16:9 review-h264');
CREATE TABLE projects (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "projects" VALUES(1,'Harbour Line / Days / HL01');
INSERT INTO "projects" VALUES(2,'Other / Film / ');
CREATE TABLE receipts (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	created VARCHAR(32) NOT NULL, 
	json TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "receipts" VALUES(1,1,'2026-11-25T20:02:08+00:00','{"schema": "twopop.receipt/1", "note": "it''s ü; \n"}
');
INSERT INTO "receipts" VALUES(2,2,'2026-11-25T20:02:08+00:00','{}
');
CREATE TABLE versions (
	id INTEGER NOT NULL, 
	deliverable_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	state VARCHAR(9) NOT NULL, 
	out TEXT NOT NULL, 
	path TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	bytes BIGINT NOT NULL, 
	created VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (deliverable_id, number), 
	CONSTRAINT state_known CHECK (state IN ('reserved', 'delivered', 'released')), 
	FOREIGN KEY(deliverable_id) REFERENCES deliverables (id)
);
INSERT INTO "versions" VALUES(1,1,1,'00000000000000000000000000000001','delivered','/deliveries/hl01','social/full_16x9_en_social-h264_v001.mp4','0000000000000000000000000000000000000000000000000000000000000001',1001,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(2,1,2,'00000000000000000000000000000002','delivered','/deliveries/hl01','social/full_16x9_en_social-h264_v002.mp4','0000000000000000000000000000000000000000000000000000000000000002',1002,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(3,1,3,'00000000000000000000000000000003','reserved','','','',0,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(4,2,1,'00000000000000000000000000000001','delivered','/deliveries/hl01','social/30s_9x16_en_social-h264_v001.mp4','0000000000000000000000000000000000000000000000000000000000000001',1001,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(5,3,1,'00000000000000000000000000000001','delivered','/deliveries/hl01','social/6s_1x1_Été''s_spot_v001.mp4','0000000000000000000000000000000000000000000000000000000000000001',1001,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(6,3,2,'00000000000000000000000000000002','delivered','/deliveries/hl01','social/6s_1x1_Été''s_spot_v002.mp4','0000000000000000000000000000000000000000000000000000000000000002',1002,'2026-11-25T20:02:08+00:00');
INSERT INTO "versions" VALUES(7,4,1,'ffffffffffffffffffffffffffffffff','released','','','',0,'2026-11-25T20:02:08+00:00');
CREATE INDEX ix_receipts_project_id ON receipts (project_id);
COMMIT;
