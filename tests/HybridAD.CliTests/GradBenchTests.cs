using System.Text.Json;
using static HybridAD.CliTests.GradBenchCall;

namespace HybridAD.CliTests;

/// <summary>The suite's protocol: what comes back for which line.</summary>
public class GradBenchTests
{
    private const string Modules = "hello, llsq, lse, det, ode, gmm, lstm, ba, ht, kmeans, particle, saddle";

    [Fact]
    public void A_session_answers_line_by_line()
    {
        var result = Tool.RunWith(
            """
            {"id": 0, "kind": "start", "eval": "hello", "config": {"any": [1, 2]}}
            {"id": 1, "kind": "define", "module": "hello"}

            {"id": 2, "kind": "analysis", "of": 1, "valid": true}
            {"id": 3, "kind": "something new", "with": null}
            {"id": 3, "kind": "define", "module": "hello"}
            {"id": -9007199254740993, "kind": "define", "module": "hullo"}
            """, "gradbench").AssertDone();
        Assert.Equal(
            $$"""
            {"id":0,"tool":"hybridad"}
            {"id":1,"success":true}
            {"id":2}
            {"id":3}
            {"id":3,"success":true}
            {"id":-9007199254740993,"success":false,"error":"there is no module 'hullo'; there are {{Modules}}"}

            """, result.Output);
    }

    [Fact]
    public void All_modules_are_defined() => Assert.All(Modules.Split(", "), static module =>
        Assert.True(Assert.Single(Converse(JsonSerializer.Serialize(new { id = 1, kind = "define", module }))).GetProperty("success").GetBoolean()));

    [Fact]
    public void Lines_are_counted_once() => Assert.Equal("hybridad: line 2 of the input is not JSON: 'foo' is an invalid JSON literal. Expected the literal 'false' [HAD6009]\n",
        Tool.RunWith("{\"id\": 0, \"kind\": \"start\"}\nfoo\n", "gradbench").Error);

    [Fact]
    public void Nothing_is_answered_to_nothing() => Assert.Empty(Converse());

    [Fact]
    public void Each_evaluation_stands_alone()
    {
        var answers = Converse(Line("hello", "square", 3), Line("hello", "nothing", 3), Line("hello", "double", 4, 2), Line("hello", "square", 5, 2));
        Assert.Equal([1, 1, 2, 2], answers.Select(static answer => answer.GetProperty("id").GetInt64()));
        Assert.Equal([true, false, true, true], answers.Select(static answer => answer.GetProperty("success").GetBoolean()));
        Assert.Equal((9, 8, 25), (Number(answers[0]), Number(answers[2]), Number(answers[3])));

        static double Number(JsonElement answer) => answer.GetProperty("output").GetDouble();
    }

    [Theory]
    [InlineData("""{"id": 4, "kind": "define"}""", "'module' is missing")]
    [InlineData("""{"id": 4, "kind": "define", "module": 5}""", "'module' is not text")]
    [InlineData("""{"id": 4, "kind": "evaluate", "function": "square", "input": 1}""", "'module' is missing")]
    [InlineData("""{"id": 4, "kind": "evaluate", "module": "hello", "input": 1}""", "'function' is missing")]
    [InlineData("""{"id": 4, "kind": "evaluate", "module": "hello", "function": "square"}""", "'input' is missing")]
    [InlineData("""{"id": 4, "kind": "evaluate", "module": "hello", "function": "square", "input": {"x": 1}}""", "the input is not a number")]
    [InlineData("""{"id": 4, "kind": "evaluate", "module": "hullo", "function": "square", "input": 1}""", $"there is no module 'hullo'; there are {Modules}")]
    public void What_is_missing_from_a_message_is_named(string line, string error)
    {
        var answer = Assert.Single(Converse(line));
        Assert.Equal($$"""{"id":4,"success":false,"error":"{{error}}"}""", answer.GetRawText());
    }

    [Theory]
    [InlineData("hello", "2")]
    [InlineData("llsq", """{"x": [1], "n": 2}""")]
    [InlineData("lse", """{"x": [1]}""")]
    [InlineData("det", """{"A": [1], "ell": 1}""")]
    [InlineData("ode", """{"x": [1], "s": 1}""")]
    [InlineData("gmm", """{"d": 1, "k": 1, "n": 1, "m": 0, "gamma": 1, "x": [[1]], "alpha": [1], "mu": [[1]], "q": [[1]], "l": [[]]}""")]
    [InlineData("lstm", """{"main_params": [[1, 2, 3, 4], [1, 2, 3, 4]], "extra_params": [[1], [2], [3]], "state": [[0], [0]], "sequence": [[0], [1]]}""")]
    [InlineData("kmeans", """{"points": [[1]], "centroids": [[1]]}""")]
    [InlineData("ba", """{"n": 1, "m": 1, "p": 1, "cam": [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], "x": [1, 2, 3], "w": 1, "feat": [1, 2]}""")]
    [InlineData("particle", """{"w": 0}""")]
    [InlineData("saddle", """{"start": [1, 1]}""")]
    public void A_function_that_a_module_has_not_is_named(string module, string input)
    {
        foreach (var function in new[] { "", "Gradient", "f", "rrr", "derivative" })
            Assert.Equal($"the module '{module}' has no function '{function}'", Error(module, function, JsonDocument.Parse(input).RootElement));
    }

    [Theory]
    [InlineData("llsq", "primal", """{"n": 2}""", "'x' is missing")]
    [InlineData("llsq", "primal", """[1, 2]""", "'x' is missing")]
    [InlineData("llsq", "primal", """{"x": 1, "n": 2}""", "'x' is not a list, or has something else where a list belongs")]
    [InlineData("llsq", "primal", """{"x": [1, null], "n": 2}""", "'x' is not a number, or has something else where a number belongs")]
    [InlineData("llsq", "primal", """{"x": [1], "n": "2"}""", "'n' is not a number, or has something else where a number belongs")]
    [InlineData("llsq", "gradient", """{"x": [1], "n": 1.5}""", "'n' is 1.5; allowed: whole numbers from 1 to 10000000")]
    [InlineData("det", "gradient", """{"A": [1], "ell": 12}""", "'ell' is 12; allowed: whole numbers from 1 to 11")]
    [InlineData("llsq", "gradient", """{"x": [1], "n": 2000000000}""", "'n' is 2000000000; allowed: whole numbers from 1 to 10000000")]
    [InlineData("llsq", "gradient", """{"x": [1], "n": 0}""", "'n' is 0; allowed: whole numbers from 1 to 10000000")]
    [InlineData("lse", "primal", """{"x": []}""", "'x' is empty")]
    [InlineData("ode", "primal", """{"x": [], "s": 1}""", "'x' is empty")]
    [InlineData("ode", "primal", """{"x": [1], "s": -1}""", "'s' is -1; allowed: whole numbers from 1 to 10000000")]
    [InlineData("det", "primal", """{"A": [1, 2, 3], "ell": 2}""", "'A' has 3 elements where 4 belong")]
    [InlineData("gmm", "objective", """{"d": 1, "k": 1, "n": 2, "m": 0, "gamma": 1, "x": [[1]], "alpha": [1], "mu": [[1]], "q": [[1]], "l": [[]]}""", "'x' has 1 elements where 2 belong")]
    [InlineData("gmm", "objective", """{"d": 1, "k": 1, "n": 1, "m": 0, "gamma": 1, "x": [[1, 2]], "alpha": [1], "mu": [[1]], "q": [[1]], "l": [[]]}""", "'x' has 2 elements where 1 belong")]
    [InlineData("gmm", "objective", """{"d": 1, "k": 1, "n": 1, "m": 0, "gamma": 1, "x": [[1]], "alpha": [1], "mu": [[1]], "q": [[1]], "l": [[0]]}""", "'l' has 1 elements where 0 belong")]
    [InlineData("lstm", "objective", """{"main_params": [], "extra_params": [], "state": [[1]], "sequence": []}""", "'state' has 1 rows of 1; a layer has two, of 1 or more")]
    [InlineData("lstm", "objective", """{"main_params": [], "extra_params": [], "state": [[1], [1]], "sequence": [[1]]}""", "'sequence' has 1 characters; it takes two to predict one")]
    [InlineData("kmeans", "cost", """{"points": [], "centroids": []}""", "there are 0 points and 0 centroids; it takes one of each")]
    [InlineData("kmeans", "dir", """{"points": [[1, 2]], "centroids": [[1]]}""", "'centroids' has 1 elements where 2 belong")]
    [InlineData("ba", "objective", """{"n": 1, "m": 1, "p": 1, "cam": [1], "x": [1, 2, 3], "w": 1, "feat": [1, 2]}""", "'cam' has 1 elements where 11 belong")]
    [InlineData("ba", "jacobian", """{"n": 1, "m": 1, "p": 9, "cam": [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], "x": [1, 2, 3], "w": 1, "feat": [1, 2]}""", "'p' is 9; it takes 10 observations for the 30 starts of rows that are shown")]
    [InlineData("ht", "objective", """{"data": {}}""", "'model' is missing")]
    [InlineData("ht", "objective", """{"data": {"model": {"bone_count": 3}}}""", "'bone_count' is 3; the fingers have bones up to number 20")]
    [InlineData("particle", "ff", "{}", "'w' is missing")]
    [InlineData("saddle", "rr", """{"start": [1]}""", "'start' has 1 elements where 2 belong")]
    [InlineData("llsq", "primal", """{"x": [1], "n": 1, "min_runs": "many"}""", "'min_runs' is not a number, or has something else where a number belongs")]
    public void What_is_wrong_with_an_input_is_named(string module, string function, string input, string error) =>
        Assert.Equal(error, Error(module, function, JsonDocument.Parse(input).RootElement));

    [Theory]
    [InlineData("llsq", "primal", """{"x": [1e200], "n": 2}""", "an infinity")]
    [InlineData("llsq", "gradient", """{"x": [1e308, 1e308], "n": 2}""", "an infinity")]
    [InlineData("det", "primal", """{"A": [1e200, 1e200, 1e200, 1e200], "ell": 2}""", "a NaN")]
    [InlineData("ode", "primal", """{"x": [1e200, 1e200], "s": 1}""", "an infinity")]
    public void A_result_that_is_not_finite_is_an_error(string module, string function, string input, string what) =>
        Assert.Equal($"the result has {what}, for which JSON has no number", Error(module, function, JsonDocument.Parse(input).RootElement));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void As_many_runs_are_timed_as_were_asked_for(int runs)
    {
        foreach (var function in new[] { "primal", "gradient" })
            Assert.Equal(runs, Timings(Answer("lse", function, new { x = new[] { 1.0, 2 }, min_runs = runs, min_seconds = 0 }), "evaluate").Length);
    }

    [Fact]
    public void Runs_go_on_until_they_took_long_enough()
    {
        var answer = Answer("lse", "gradient", new { x = new[] { 1.0, 2 }, min_runs = 2, min_seconds = 0.02 });
        Assert.InRange(Timings(answer, "evaluate").Sum(), 20_000_000, long.MaxValue);
        Assert.InRange(Timings(answer, "evaluate").Length, 2, int.MaxValue);
    }

    [Fact]
    public void Preparation_is_timed_as_a_whole_and_in_parts()
    {
        var answer = Answer("lse", "gradient", new { x = new[] { 1.0, 2 } });
        Assert.Equal(["prepare", "trace", "plan", "compile", "evaluate"], answer.GetProperty("timings").EnumerateArray().Select(static timing => timing.GetProperty("name").GetString()));
        Assert.Equal(Assert.Single(Timings(answer, "prepare")), Timings(answer, "trace").Sum() + Timings(answer, "plan").Sum() + Timings(answer, "compile").Sum());
        Assert.All(answer.GetProperty("timings").EnumerateArray(), static timing => Assert.True(timing.GetProperty("nanoseconds").GetInt64() >= 0));
    }

    private static long[] Timings(JsonElement answer, string name) =>
    [
        .. answer.GetProperty("timings").EnumerateArray().Where(timing => timing.GetProperty("name").GetString() == name).Select(static timing => timing.GetProperty("nanoseconds").GetInt64()),
    ];

    [Fact]
    public void Several_threads_compute_the_same()
    {
        var line = Line("lse", "gradient", new { x = Enumerable.Range(0, 500).Select(static k => Math.Sin(k)) });
        var results = new[] { Tool.RunWith(line, "gradbench"), Tool.RunWith(line, "gradbench", "--multithreaded") }.Select(static tool => tool.AssertDone().Json.GetProperty("output").GetRawText());
        Assert.Single(results.Distinct());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"id": 1, "kind": "start" """)]
    public void A_line_that_is_not_JSON_ends_the_session(string line)
    {
        var result = Tool.RunWith(line, "gradbench");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Matches("^hybridad: line 1 of the input is not JSON: [^\n]+ \\[HAD6009\\]\n$", result.Error);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"kind": "start"}""")]
    [InlineData("""{"id": 1}""")]
    [InlineData("""{"id": "1", "kind": "start"}""")]
    [InlineData("""{"id": 1.5, "kind": "start"}""")]
    [InlineData("""{"id": 1, "kind": 2}""")]
    public void A_line_that_is_no_message_ends_the_session(string line)
    {
        Tool.RunWith(line, "gradbench").AssertRefused("line 1 of the input is no message: an object with an integer 'id' and a 'kind' is expected [HAD6009]");
        var result = Tool.RunWith($$"""
            {"id": 0, "kind": "start"}

            {{line}}
            {"id": 1, "kind": "start"}
            """, "gradbench");
        Assert.Equal((2, "{\"id\":0,\"tool\":\"hybridad\"}\n"), (result.ExitCode, result.Output));
        Assert.Equal("hybridad: line 3 of the input is no message: an object with an integer 'id' and a 'kind' is expected [HAD6009]\n", result.Error);
    }

    [Fact]
    public void Help_has_examples()
    {
        var help = Tool.Run("gradbench", "--help").AssertDone().Output;
        Assert.Contains("hybridad gradbench --multithreaded", help, StringComparison.Ordinal);
        Assert.Contains("gradbench run --eval", help, StringComparison.Ordinal);
    }
}
