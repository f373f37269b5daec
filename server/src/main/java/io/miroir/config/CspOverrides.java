package io.miroir.config;

import io.miroir.config.bind.Range;
import java.util.List;

/**
 * Further sources for the content security policy of a page.
 *
 * @param scriptSrc of scripts
 * @param imgSrc of images
 * @param connectSrc of requests
 */
public record CspOverrides(
        @Range(min = 0, max = 64) List<String> scriptSrc,
        @Range(min = 0, max = 64) List<String> imgSrc,
        @Range(min = 0, max = 64) List<String> connectSrc) {}
