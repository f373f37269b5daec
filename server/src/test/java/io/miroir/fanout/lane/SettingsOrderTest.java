package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which writes wait for settings that are on their way, as a table. */
class SettingsOrderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DOCUMENTS_DELETE_BY_FILTER | {'filterableAttributes':['a']} | true",
                "DOCUMENTS_DELETE_BY_FILTER | {'stopWords':['a']}            | false",
                "DOCUMENTS_REPLACE          | {'filterableAttributes':['a']} | false",
                "DOCUMENTS_REPLACE          | {'sortableAttributes':['_geo']} | true",
                "DOCUMENTS_UPDATE | {'embedders':{'e':{'source':'userProvided','dimensions':2}}} | true",
                "DOCUMENTS_UPDATE | {'embedders':{'e':{'source':'rest','dimensions':2}}}         | false",
                "DOCUMENT_DELETE  | {'filterableAttributes':['a']} | false",
                "DOCUMENTS_CLEAR  | {'filterableAttributes':['a']} | false",
                "SETTINGS_UPDATE  | {'filterableAttributes':['a']} | false",
                "INDEX_DELETE     | {'filterableAttributes':['a']} | false"
            })
    void aWriteWaitsWhereNodesWouldPartOverIt(Operation operation, String coming, boolean waits) {
        var settings = Json.parseObject(coming.replace('\'', '"'));
        assertEquals(waits, SettingsOrder.waits(operation, Json.object(), settings));
        assertEquals(waits, SettingsOrder.waits(operation, settings, Json.object()));
        assertEquals(false, SettingsOrder.waits(operation, settings, settings));
    }
}
