package shop;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerMapping;

@SpringBootApplication
@RestController
public class Orders {
  record Body(int item, String card) {}

  public static void main(String[] arguments) {
    SpringApplication.run(Orders.class, arguments);
  }

  @GetMapping("/health")
  Map<String, String> health() {
    return Map.of("status", "ok");
  }

  @GetMapping("/items/{item}")
  Map<String, Integer> item(@PathVariable int item) {
    if (item % 97 == 0 && 1000 / item > 0) throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    work(item % 50);
    return Map.of("item", item);
  }

  @PostMapping("/orders")
  Map<String, Integer> order(@RequestBody Body order) {
    if (order.card().equals("broken")) {
      throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "the payment provider does not answer");
    }
    work(order.item() % 120);
    return Map.of("item", order.item());
  }

  static void work(int amount) {
    for (long end = System.nanoTime() + amount * 1_000_000L; System.nanoTime() < end; ) Thread.onSpinWait();
  }
}

/** One line for each request, with the route's template instead of the path. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestLog extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger("shop.requests");

  @Override
  protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long start = System.nanoTime();
    int status = 500;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      log.info("{} {} {} {} ms", request.getMethod(), route, status, (System.nanoTime() - start) / 1000 / 1000.0);
    }
  }
}
