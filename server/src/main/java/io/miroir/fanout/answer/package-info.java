/**
 * What is asked of nodes for a client's read, and how their answers become its answer. Pure
 * functions over JSON trees: nothing here opens a connection.
 */
@NullMarked
package io.miroir.fanout.answer;

import org.jspecify.annotations.NullMarked;
