"""What is covered: the matrix of posts and modules, the topics within, and both on paper."""
