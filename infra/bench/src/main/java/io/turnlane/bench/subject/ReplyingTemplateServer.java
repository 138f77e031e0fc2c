package io.turnlane.bench.subject;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * Server that a user of Spring for Apache Kafka would write for questions with answers: a
 * {@code ReplyingKafkaTemplate}, and a {@code @KafkaListener} with a thread for each partition that returns the answer.
 * The server has no memory, and the questions of all sessions of a partition wait for each other.
 */
public final class ReplyingTemplateServer {

    private static final String QUESTIONS = "bench-reply-questions";
    private static final String ANSWERS = "bench-reply-answers";

    private ReplyingTemplateServer() {}

    public static void main(String[] args) throws Exception {
        ServerArguments arguments = ServerArguments.parse(args);
        BareTopics.create(arguments.kafka(), QUESTIONS, ANSWERS);
        var context = new AnnotationConfigApplicationContext();
        context.registerBean(ServerArguments.class, () -> arguments);
        context.register(Replying.class);
        context.refresh();
        @SuppressWarnings("unchecked")
        ReplyingKafkaTemplate<String, byte[], byte[]> template = context.getBean(ReplyingKafkaTemplate.class);
        if (!template.waitForAssignment(Duration.ofSeconds(30))) {
            throw new IllegalStateException("The template has no partitions of its reply topic.");
        }
        AskServer.run(
                arguments.port(),
                (session, question) -> template.sendAndReceive(
                                new ProducerRecord<>(QUESTIONS, session, question.getBytes(StandardCharsets.UTF_8)))
                        .get()
                        .value());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Replying {

        @Bean
        ProducerFactory<String, byte[]> producers(ServerArguments arguments) {
            return new DefaultKafkaProducerFactory<>(
                    arguments.kafkaWith(Map.of("acks", "all", "linger.ms", "0")),
                    new StringSerializer(),
                    new ByteArraySerializer());
        }

        @Bean
        ConsumerFactory<String, byte[]> consumers(ServerArguments arguments) {
            return new DefaultKafkaConsumerFactory<>(
                    arguments.kafkaWith(Map.of("auto.offset.reset", "latest")),
                    new StringDeserializer(),
                    new ByteArrayDeserializer());
        }

        @Bean
        KafkaTemplate<String, byte[]> template(ProducerFactory<String, byte[]> producers) {
            return new KafkaTemplate<>(producers);
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, byte[]> kafkaListenerContainerFactory(
                ConsumerFactory<String, byte[]> consumers, KafkaTemplate<String, byte[]> template) {
            var factory = new ConcurrentKafkaListenerContainerFactory<String, byte[]>();
            factory.setConsumerFactory(consumers);
            factory.setConcurrency(BareTopics.PARTITIONS);
            factory.setReplyTemplate(template);
            return factory;
        }

        @Bean
        ReplyingKafkaTemplate<String, byte[], byte[]> replying(
                ProducerFactory<String, byte[]> producers, ConsumerFactory<String, byte[]> consumers) {
            ContainerProperties replies = new ContainerProperties(ANSWERS);
            replies.setGroupId("bench-reply-template");
            var template = new ReplyingKafkaTemplate<>(
                    producers, new ConcurrentMessageListenerContainer<>(consumers, replies));
            template.setDefaultReplyTimeout(Duration.ofSeconds(30));
            return template;
        }

        @Bean
        AnsweringListener listener() {
            return new AnsweringListener();
        }
    }

    static final class AnsweringListener {

        @KafkaListener(topics = QUESTIONS, groupId = "bench-reply")
        @SendTo
        public byte[] answer(ConsumerRecord<String, byte[]> question) {
            String text = new String(question.value(), StandardCharsets.UTF_8);
            return ("{\"session_id\":\"" + question.key() + "\",\"answer\":{\"text\":\"echo: " + text + "\"}}")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
