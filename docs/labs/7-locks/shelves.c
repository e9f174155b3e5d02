// SPDX-License-Identifier: GPL-2.0
/*
 * The exercise: two shelves with books, and three things wrong. In
 * /sys/kernel/debug/shelves
 *
 *	add		takes a name: a new book comes onto the left shelf (EEXIST if there is
 *			one of that name)
 *	right, left	take a name: that book goes from the other shelf to this one (ENOENT
 *			if it is not there)
 *	rename		takes two names, "OLD NEW" (ENOENT, EEXIST)
 *	list		says what is on the shelves
 *
 * Whatever fails leaves all as it was.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct book {
	struct list_head list;
	char *name;
};

struct shelf {
	struct mutex lock;	/* guards the list, and the names of the books in it */
	struct list_head books;
};

static struct shelf left = {
	.lock = __MUTEX_INITIALIZER(left.lock),
	.books = LIST_HEAD_INIT(left.books),
};

static struct shelf right = {
	.lock = __MUTEX_INITIALIZER(right.lock),
	.books = LIST_HEAD_INIT(right.books),
};

static void lock_both(void)
{
	mutex_lock(&left.lock);
	mutex_lock(&right.lock);
}

static void unlock_both(void)
{
	mutex_unlock(&right.lock);
	mutex_unlock(&left.lock);
}

/* The shelf's lock is held. */
static struct book *find(struct shelf *shelf, const char *name)
{
	struct book *book;

	list_for_each_entry(book, &shelf->books, list)
		if (book->name && !strcmp(book->name, name))
			return book;
	return NULL;
}

static void free_book(struct book *book)
{
	kfree(book->name);
	kfree(book);
}

/* Return: a book that is the caller's, for free_book; NULL if there is no memory for it. */
static struct book *new_book(const char *name)
{
	struct book *book = kzalloc(sizeof(*book), GFP_KERNEL);

	if (!book)
		return NULL;
	book->name = kstrdup(name, GFP_KERNEL);
	if (!book->name) {
		kfree(book);
		return NULL;
	}
	return book;
}

static int move(struct shelf *from, struct shelf *to, const char *name)
{
	struct book *book;

	/*
	 * TASK 1: take the locks in an order that cannot end in a deadlock. At no moment is the
	 * book on neither shelf.
	 */
	/* GIVEN: mutex_lock(&from->lock); */
	/* GIVEN: mutex_lock(&to->lock); */
	lock_both();
	/* END TASK 1 */
	book = find(from, name);
	if (book)
		list_move_tail(&book->list, &to->books);
	mutex_unlock(&to->lock);
	mutex_unlock(&from->lock);
	return book ? 0 : -ENOENT;
}

static int add(const char *name)
{
	struct book *book = new_book(name);
	int error = 0;

	if (!book)
		return -ENOMEM;
	lock_both();
	if (find(&left, name) || find(&right, name))
		error = -EEXIST;
	else
		list_add_tail(&book->list, &left.books);
	unlock_both();
	/* TASK 2: where is the book if there was an error? */
	if (error)
		free_book(book);
	/* END TASK 2 */
	return error;
}

static int rename(const char *old, const char *new)
{
	struct book *book;
	int error = 0;

	lock_both();
	book = find(&left, old);
	if (!book)
		book = find(&right, old);
	if (!book) {
		error = -ENOENT;
	} else if (find(&left, new) || find(&right, new)) {
		error = -EEXIST;
	} else {
		/* TASK 3: give the book its new name; it keeps the old if that fails. */
		/* GIVEN: kfree(book->name); */
		/* GIVEN: book->name = kstrdup(new, GFP_KERNEL); */
		/* GIVEN: if (!book->name) */
			/* GIVEN: error = -ENOMEM; */
		char *name = kstrdup(new, GFP_KERNEL);

		if (name) {
			kfree(book->name);
			book->name = name;
		} else {
			error = -ENOMEM;
		}
		/* END TASK 3 */
	}
	unlock_both();
	return error;
}

static int do_add(char *line)
{
	return add(line);
}

static int do_right(char *line)
{
	return move(&left, &right, line);
}

static int do_left(char *line)
{
	return move(&right, &left, line);
}

static int do_rename(char *line)
{
	char *old = strsep(&line, " ");

	return line ? rename(old, line) : -EINVAL;
}

/* Each of the files has the function that does its work. */
static ssize_t shelves_write(struct file *file, const char __user *buffer, size_t count,
			     loff_t *pos)
{
	int (*work)(char *line) = file_inode(file)->i_private;
	char line[64];
	int error;

	if (count >= sizeof(line))
		return -ENAMETOOLONG;
	if (copy_from_user(line, buffer, count))
		return -EFAULT;
	line[count] = '\0';
	strim(line);
	error = *line ? work(line) : -EINVAL;
	return error ?: count;
}

static const struct file_operations shelves_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = shelves_write,
};

static void show(struct seq_file *file, const char *name, struct shelf *shelf)
{
	struct book *book;

	seq_printf(file, "%s:", name);
	list_for_each_entry(book, &shelf->books, list)
		seq_printf(file, " %s", book->name);
	seq_putc(file, '\n');
}

static int list_show(struct seq_file *file, void *data)
{
	lock_both();
	show(file, "left", &left);
	show(file, "right", &right);
	unlock_both();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(list);

static void clear(struct shelf *shelf)
{
	struct book *book, *next;

	list_for_each_entry_safe(book, next, &shelf->books, list)
		free_book(book);
}

static struct dentry *folder;

static int __init shelves_init(void)
{
	folder = debugfs_create_dir("shelves", NULL);
	debugfs_create_file("add", 0200, folder, do_add, &shelves_fops);
	debugfs_create_file("right", 0200, folder, do_right, &shelves_fops);
	debugfs_create_file("left", 0200, folder, do_left, &shelves_fops);
	debugfs_create_file("rename", 0200, folder, do_rename, &shelves_fops);
	debugfs_create_file("list", 0400, folder, NULL, &list_fops);
	return 0;
}

static void __exit shelves_exit(void)
{
	debugfs_remove(folder);
	clear(&left);
	clear(&right);
}

module_init(shelves_init);
module_exit(shelves_exit);

MODULE_DESCRIPTION("Lab 7: two locks and two lists");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
