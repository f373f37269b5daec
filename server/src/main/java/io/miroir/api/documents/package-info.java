/** Document payloads: reading JSON, NDJSON and CSV as streams; primary keys and document ids. */
@NullMarked
package io.miroir.api.documents;

import org.jspecify.annotations.NullMarked;
